/// A command with its arguments, as swift-argument-parser describes it (`--experimental-dump-help`, format 0).
public struct CommandDescription: Decodable, Sendable {
  /// One argument, option or flag.
  public struct Argument: Decodable, Sendable {
    /// A name with the dashes before it.
    struct Name: Decodable, Sendable {
      var kind: String
      var name: String

      /// `--threads`, `-q`.
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?
    var discussion: String?
  }

  /// Its name, one sentence, and more of them.
  var commandName: String
  var abstract: String?
  var discussion: String?
  var shouldDisplay: Bool?
  var subcommands: [CommandDescription]?
  var arguments: [Argument]?
}

/// What `--experimental-dump-help` prints.
public struct ToolDescription: Decodable, Sendable {
  /// Version of the format.
  var serializationVersion: Int
  /// The program.
  public var command: CommandDescription
}

extension CommandDescription {
  /// A command that does something, with the words that call it: `["data", "fetch"]`.
  struct Leaf {
    var words: [String]
    var command: CommandDescription
  }

  /// The commands below this one that are shown and have no further commands, in order.
  var leaves: [Leaf] {
    (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }.flatMap { command in
      let below = command.leaves
      return below.isEmpty
        ? [Leaf(words: [command.commandName], command: command)]
        : below.map { Leaf(words: [command.commandName] + $0.words, command: $0.command) }
    }
  }

  /// What is shown of its own arguments: not what every command has.
  var ownArguments: [Argument] {
    (arguments ?? []).filter { argument in
      argument.shouldDisplay && !(argument.names ?? []).contains { ["help", "version"].contains($0.name) }
    }
  }
}
