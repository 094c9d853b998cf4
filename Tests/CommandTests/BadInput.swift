import Foundation
import Testing

/// A call of the program that cannot do what is asked, and all that it says about it.
struct BadInput: CustomTestStringConvertible, Sendable {
  /// Longer than any of these calls may take, on a busy machine too: what goes on is a hang.
  private static let limit = 60.0

  /// What is bad.
  let name: String
  /// The program's arguments.
  let arguments: [String]
  /// Added to the environment.
  let environment: [String: String]
  /// The whole of standard error, without the last line feed.
  let error: String
  /// The exit code.
  let status: Int32
  /// Makes the files that the call finds in its directory.
  let prepare: @Sendable (Command) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], error: String, status: Int32,
    prepare: @escaping @Sendable (Command) throws -> Void = { _ in }
  ) {
    self.name = name
    self.arguments = arguments
    self.environment = environment
    self.error = error
    self.status = status
    self.prepare = prepare
  }

  /// Makes the call in a directory of its own and compares what it says, byte for byte.
  func check() throws {
    var command = try Command()
    defer { command.remove() }
    command.environment = environment
    try prepare(command)
    let result = try command.run(arguments, limit: BadInput.limit)
    #expect(result.error == error + "\n")
    #expect(result.status == status)
    #expect(result.output.isEmpty, "a call that fails has no answer")
  }
}
