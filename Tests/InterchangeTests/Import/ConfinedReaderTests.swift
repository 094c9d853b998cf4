import Checkpoints
import Foundation
import Interchange
import Tensors
import Testing

/// What a program learns from a child process that reads a file for it, however that ends. Shell scripts stand in for the child.
@Suite("Weights are read in a process of their own")
struct ConfinedReaderTests {
  static let request = WeightsRequest([
    ("/layers/dense/vars/0", [2, 1]), ("/layers/dense/vars/1", [1]),
  ])

  /// A reader whose child runs `script`, which sees the file's name as `$3`.
  private func withReader<Result>(_ script: String, _ body: (ConfinedReader) throws -> Result) throws -> Result {
    let program = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-child-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: program) }
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    return try body(ConfinedReader(program: program))
  }

  private func error(_ script: String) throws -> WeightsError {
    try withReader(script) { reader in
      let error = #expect(throws: WeightsError.self) { try reader.read("file.h5", Self.request) }
      return try #require(error)
    }
  }

  @Test("The values come back as the tensors that were asked for")
  func values() throws {
    // 1, 2 and -0.5, if the child was asked for what it should be.
    let asked =
      #"[ "$*" = "read-weights -- file.h5 /layers/dense/vars/0 2 1 /layers/dense/vars/1 1" ] || exit 99"#
    let tensors: [NamedTensor] = try withReader(
      asked + "\nprintf '\\000\\000\\200\\077\\000\\000\\000\\100\\000\\000\\000\\277'"
    ) {
      try $0.read("file.h5", Self.request)
    }
    #expect(tensors.map(\.path) == ["/layers/dense/vars/0", "/layers/dense/vars/1"])
    #expect(tensors.map(\.tensor.shape) == [[2, 1], [1]])
    #expect(tensors.map { $0.tensor.array() } == [[1, 2], [-0.5]])
  }

  @Test("A child that crashes is reported, and the program goes on", arguments: ["SEGV", "BUS", "KILL"])
  func crash(signal: String) throws {
    // (Signals that Dispatch's threads block, children of a test have blocked too.)
    let numbers = ["SEGV": SIGSEGV, "BUS": SIGBUS, "KILL": SIGKILL]
    let error = try error("kill -\(signal) $$")
    #expect(error == .crashed(path: "file.h5", signal: try #require(numbers[signal])))
    #expect(error.description.contains("file.h5: reading it ended libhdf5 with signal"))
  }

  @Test("A child that refuses is believed, without its name")
  func refusal() throws {
    let error = try error("echo 'lockstep: file.h5: truncated file' >&2; exit 65")
    #expect(error == .refused(message: "file.h5: truncated file", exitCode: 65))
    #expect(
      try self.error("exit 3") == .refused(message: "file.h5 could not be read (exit code 3)", exitCode: 3))
  }

  @Test("An answer of another length is no answer")
  func length() throws {
    #expect(
      try error("printf 12345678901") == .reader(path: "file.h5", reason: "11 bytes came back where 12 were expected"))
    #expect(
      try error("printf 1234567890123") == .reader(path: "file.h5", reason: "13 bytes came back where 12 were expected")
    )
    // It ends by the broken pipe, and does not fill the memory.
    guard case .crashed(_, SIGPIPE) = try error("exec yes") else {
      Issue.record("an endless answer was taken")
      return
    }
  }

  @Test("A program that is not there")
  func missing() {
    #expect(throws: WeightsError.self) {
      try ConfinedReader(program: URL(fileURLWithPath: "/nonexistent/lockstep")).read("file.h5", Self.request)
    }
  }

  @Test("A request survives its arguments, and nothing else is one")
  func arguments() throws {
    let request = try #require(WeightsRequest(arguments: ["/layers/dense/vars/0 784 10", "/layers/dense/vars/1 10"]))
    #expect(request.tensors.map(\.path) == ["/layers/dense/vars/0", "/layers/dense/vars/1"])
    #expect(request.tensors.map(\.shape) == [[784, 10], [10]])
    for wrong in ["", "/a x", "/a 0", "/a -1", "/a 9223372036854775807 3", "/a 3 99999999999999999999"] {
      #expect(WeightsRequest(arguments: [wrong]) == nil, "\(wrong)")
    }
  }
}
