import ArgumentParser
import Settings

/// Changes to a config.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a value of the config, for example training.epochs=3. May be given often.", valueName: "path=value"),
    completion: .override)
  var overrides: [String] = []

  /// The changes, in the order they were given.
  ///
  /// - Throws: `SettingsError` where one of them is none.
  func values() throws -> [Override] { try overrides.map { try Override($0) } }
}

/// Where a run's files go.
struct RunDirectoryOptions: ParsableArguments {
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Directory of the run; by default Checkpoints/ and the config's name.", valueName: "dir"),
    completion: .directory)
  var path: String?
}
