import Checkpoints
import Foundation
import Tensors

/// Reads a file of weights in a child process with limited resources, so that a file which crashes the HDF5 library costs a message.
///
/// The child is this program, started again with `read-weights FILE` and the request. It answers with the values on its standard
/// output, nothing more and nothing less; what it has to say goes to its standard error.
public struct ConfinedReader: Sendable {
  /// The name of the subcommand that the child runs.
  public static let subcommand = "read-weights"
  /// Most bytes of the child's messages that are kept.
  private static let largestMessage = 1 << 14

  private let program: URL

  /// - Parameter program: the executable that has the subcommand; by default the running one.
  public init(program: URL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()) {
    self.program = program
  }

  /// The tensors of `request` out of the file at `path`.
  ///
  /// - Throws: `WeightsError`.
  public func read(_ path: String, _ request: WeightsRequest) throws(WeightsError) -> [NamedTensor] {
    let child = Process()
    let (output, messages) = (Pipe(), Pipe())
    child.executableURL = program
    child.arguments = [Self.subcommand, "--", path] + request.arguments
    // A backtrace of the crash that is provided for would take seconds and help nobody.
    child.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    (child.standardInput, child.standardOutput, child.standardError) = (FileHandle.nullDevice, output, messages)
    do {
      try child.run()
    } catch {
      throw .reader(path: path, reason: error.localizedDescription)
    }
    // One byte more than agreed, so that an answer which is too long is noticed, and no memory is taken for the rest of it.
    let answer = read(output, atMost: request.byteCount + 1)
    let message = String(decoding: read(messages, atMost: Self.largestMessage), as: UTF8.self)
    child.waitUntilExit()
    switch (child.terminationReason, child.terminationStatus) {
    case (.uncaughtSignal, let signal): throw .crashed(path: path, signal: signal)
    case (_, 0): break
    case (_, let code):
      throw .refused(message: words(message) ?? "\(path) could not be read (exit code \(code))", exitCode: code)
    }
    guard answer.count == request.byteCount else {
      throw .reader(path: path, reason: "\(answer.count) bytes came back where \(request.byteCount) were expected")
    }
    return tensors(request, answer)
  }

  /// Reads to the end, or to a number of bytes and closes the pipe: whoever goes on writing is told.
  private func read(_ pipe: Pipe, atMost limit: Int) -> Data {
    var data = Data()
    while data.count < limit {
      guard let more = try? pipe.fileHandleForReading.read(upToCount: min(1 << 20, limit - data.count)), !more.isEmpty
      else { break }
      data.append(more)
    }
    try? pipe.fileHandleForReading.close()
    return data
  }

  /// What the child said, without its name before it; nil where it said nothing.
  private func words(_ message: String) -> String? {
    let text = message.trimmingCharacters(in: .whitespacesAndNewlines)
    let name = "lockstep: "
    let words = text.hasPrefix(name) ? String(text.dropFirst(name.count)) : text
    return words.isEmpty ? nil : words
  }

  private func tensors(_ request: WeightsRequest, _ answer: Data) -> [NamedTensor] {
    var start = 0
    return request.tensors.map { tensor in
      let values = Storage<Float>(count: tensor.shape.count, zeroed: false)
      values.withMutableBytes { bytes in
        bytes.copyBytes(from: answer[start..<start + bytes.count])
        start += bytes.count
      }
      return NamedTensor(
        path: tensor.path, tensor: TensorSnapshot(shape: tensor.shape, storage: values, range: 0..<tensor.shape.count))
    }
  }
}
