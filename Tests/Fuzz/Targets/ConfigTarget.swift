import Settings
import Tensors
import Training

/// The text of a config, and behind a zero byte each an override as `--set` takes it.
enum ConfigTarget {
  /// An input so small that Scripts/fuzz does not draw it out can name this many overrides.
  private static let mostOverrides = 8

  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    let parts = bytes.split(separator: 0, maxSplits: mostOverrides, omittingEmptySubsequences: false).map(Array.init)
    try Expected.resultOrMessage { try decode(parts[0], overrides: Array(parts.dropFirst())) }
  }

  private static func decode(_ text: [UInt8], overrides: [[UInt8]]) throws {
    do throws(SettingsError) {
      // A config file need not be UTF-8, unlike the text of one in a checkpoint.
      let document = try JSONParser.parse(text, file: "f")
      _ = try ConfigVocabulary.standard.schema.decode(document)
    } catch {
      guard error.location != nil else { throw FuzzFailure("an error without its place: \(error)") }
    }
    // Arguments are UTF-8 when they come from the operating system.
    let overrides = try overrides.compactMap { String(validating: $0, as: UTF8.self) }.map { try Override($0) }
    guard let text = String(validating: text, as: UTF8.self) else { return }
    let config = try RunConfig(text: text, overrides: overrides)
    let again = try RunConfig(text: config.resolvedText)
    guard again.resolved == config.resolved else { throw FuzzFailure("the resolved config reads as another one") }
    guard let kernels = Kernels(.portable) else { throw FuzzFailure("no portable kernels") }
    let network = try config.makeNetwork(input: config.model.input ?? [28, 28, 1], kernels: kernels)
    _ = network.parameters.count
  }
}
