import Foundation
import Testing

private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]
private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }
private let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Interoperability")

/// Whether Python has a package.
private func has(_ package: String) -> Bool {
  guard let python else { return false }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: python)
  process.arguments = ["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(package)') is None)"]
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

/// The server in the hands of programs that others wrote.
@Suite("lockstep serve: others' programs")
struct ServePageTests {
  /// A run that has learnt digits well enough to read them.
  private static let learnt: Command = {
    do {
      let command = try Command()
      let config = scripts.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "Configs/digits.json")
      let result = try command.run([
        "train", config.path, "--run", "run", "--progress", "none", "--set", "training.epochs=3", "--set",
        "data.trainSamples=8000", "--set", "data.testSamples=500", "--set", "logging.everySteps=5",
      ])
      guard result.status == 0 else { fatalError("the run cannot be trained: \(result.error)") }
      return command
    } catch {
      fatalError("the run cannot be trained: \(error)")
    }
  }()

  @Test(
    "digits drawn in Chromium with mouse, finger and keys are recognised",
    .enabled(if: chromium != nil && has("playwright"), "needs Chromium, and LOCKSTEP_PYTHON with playwright"))
  func browser() throws {
    let server = try ServerProcess(["run"], in: Self.learnt)
    var command = server.command
    command.program = URL(fileURLWithPath: try #require(python))
    let script = scripts.appendingPathComponent("serve_page.py").path
    let result = try command.run([script, try #require(chromium), "http://127.0.0.1:\(server.port)/"], limit: 180)
    #expect(result.status == 0 && result.output.hasSuffix("all is well\n"), "\(result.output)\(result.error)")
    #expect(server.stop() == 0)
  }

  @Test(
    "schemathesis finds nothing in what the OpenAPI description says",
    .enabled(if: has("schemathesis"), "needs LOCKSTEP_PYTHON with schemathesis"))
  func openAPI() throws {
    let server = try ServedRun.server()
    var command = server.command
    command.program = URL(fileURLWithPath: try #require(python)).deletingLastPathComponent()
      .appendingPathComponent("schemathesis")
    command.environment["SCHEMATHESIS_HOOKS"] = "server_formats"
    command.environment["PYTHONPATH"] = scripts.path
    // The stream of events does not end, as it should.
    let result = try command.run(
      [
        "run", "http://127.0.0.1:\(server.port)/openapi.json", "--exclude-path", "/v1/run/events", "--max-examples",
        "10",
        "--generation-deterministic", "--request-timeout", "20", "--no-color",
      ], limit: 240)
    #expect(result.status == 0, "\(result.output.suffix(4000))\(result.error)")
    #expect(server.process.isRunning)
    #expect(server.stop() == 0)
  }
}
