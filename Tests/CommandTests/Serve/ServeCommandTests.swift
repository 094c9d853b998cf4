import Foundation
import Testing

/// `lockstep serve` as a command: its help, its refusals, and the run it looks at.
@Suite("lockstep serve: the command")
struct ServeCommandTests {
  @Test("helps, and refuses what it cannot serve with the documented exit codes")
  func refusals() throws {
    let command = ServedRun.command
    let help = try command.run(["serve", "--help"])
    #expect(help.status == 0 && help.output.contains("--port") && help.output.contains("POST /v1/predict"))
    try command.write("no checkpoint", to: "bad.weights.h5")
    let cases: [([String], Int32, String)] = [
      ([], 64, "Missing expected argument"), (["run", "--port", "70000"], 64, "--port is 70000; expected 0 to 65535"),
      (["run", "--threads", "0"], 64, "--threads is 0"), (["run", "--max-body", "1"], 64, "--max-body is 1"),
      (["run", "--host", "example.org"], 64, "--host is example.org; expected an address in digits"),
      (["nowhere"], 66, "nowhere: no such file"),
      (["run", "--run", "nowhere"], 66, "--run nowhere: no such directory"),
      (["run", "--run", "bad.weights.h5"], 66, "--run bad.weights.h5: a file, and a run is a directory"),
      (["run", "--frob"], 64, "lockstep: Unknown option '--frob'\n"),
      (["bad.weights.h5"], 65, "bad.weights.h5: not an HDF5 file"),
    ]
    for (arguments, status, message) in cases {
      let result = try command.run(["serve"] + arguments, limit: 30)
      #expect(
        result.status == status && result.error.contains(message), "\(arguments): \(result.status) \(result.error)")
      #expect(result.output.isEmpty)
    }
    let empty = try Command()
    defer { empty.remove() }
    #expect(try empty.run(["serve", "."]).status == 66)
  }

  @Test("a port that is taken is said in one line")
  func takenPort() throws {
    let server = try ServedRun.server()
    let result = try ServedRun.command.run(["serve", "run", "--port", "\(server.port)"], limit: 30)
    #expect(result.status == 69)
    #expect(
      result.error
        == "lockstep: cannot listen on 127.0.0.1, port \(server.port): Address already in use; another program does; "
        + "give --port another number, or 0 for any that is free\n")
  }

  @Test("says loudly when it listens to more than this machine")
  func loud() throws {
    let server = try ServedRun.server("--host", "0.0.0.0")
    #expect(server.messages.contains("WARNING: listening on 0.0.0.0"))
    #expect(server.stop() == 0)
    let quiet = try ServedRun.server()
    #expect(!quiet.messages.contains("WARNING"))
  }

  @Test("takes newer checkpoints of a run that trains, and never a damaged one")
  func reload() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let train = ["train", "c.json", "--run", "run", "--progress", "none", "--resume", "--set"]
    #expect(try command.run(train + ["training.epochs=1"]).status == 0)
    let server = try ServerProcess(["run"], in: command)
    func step() throws -> Int? { try server.get("/healthz").json()["step"] as? Int }
    #expect(try step() == 4)
    let before = try server.send(ServedRun.prediction(of: 9)).text

    try command.write("damaged", to: "run/step-00000099.weights.h5")
    try server.wait { server.messages.contains("passed over: run/step-00000099.weights.h5") }
    #expect(try step() == 4)
    #expect(try server.send(ServedRun.prediction(of: 9)).text == before)

    try FileManager.default.removeItem(at: command.directory.appendingPathComponent("run/step-00000099.weights.h5"))
    #expect(try command.run(["resume", "run", "--epochs", "3", "--progress", "none"]).status == 0)
    try server.wait { try step() == 12 }
    #expect(server.messages.contains("now serving run/step-00000012.weights.h5"))
    #expect(try server.send(ServedRun.prediction(of: 9)).text != before)
    #expect(try server.get("/v1/model").json()["epoch"] as? Int == 3)

    // Nothing to serve any more is no reason to serve nothing.
    try FileManager.default.removeItem(at: command.directory.appendingPathComponent("run"))
    usleep(1_200_000)
    #expect(try step() == 12)
    #expect(server.stop() == 0)
  }

  @Test("tells the rows of a run as they come, also when it is resumed from an earlier step")
  func events() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let options = ["--progress", "none", "--set", "logging.everySteps=1"]
    #expect(try command.run(["train", "c.json", "--run", "run"] + options).status == 0)
    let server = try ServerProcess(["run"], in: command)
    let run = try server.get("/v1/run").json()
    #expect(run["name"] as? String == "linear" && run["epochs"] as? Int == 3 && run["isTraining"] as? Bool == false)

    let stream = try server.connect()
    try stream.write("GET /v1/run/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while !stream.text.contains("\"step\":12"), stream.read() {}
    #expect(stream.text.contains("Content-Type: text/event-stream") && stream.text.contains("event: rows\ndata: [{"))
    #expect(!stream.text.contains("event: reset"))

    // A checkpoint of an earlier step, from which the run goes on: the log is another file then.
    for name in try command.files(in: "run") where name.hasSuffix(".h5") && !name.contains("00000004") {
      try FileManager.default.removeItem(at: command.directory.appendingPathComponent("run/\(name)"))
    }
    #expect(try command.run(["resume", "run", "--epochs", "5", "--progress", "none"]).status == 0)
    while !stream.text.contains("\"step\":20"), stream.read() {}
    #expect(stream.text.contains("event: reset\ndata: {}\n\nevent: rows\ndata: [{\"kind\":\"step\",\"step\":1,"))
    #expect(server.stop() == 0)
  }

  @Test("has no run to show where there is none")
  func noRun() throws {
    let command = ServedRun.command
    let folder = command.directory.appendingPathComponent("alone")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = "step-00000012.weights.h5"
    try? FileManager.default.copyItem(
      at: command.directory.appendingPathComponent("run/\(name)"), to: folder.appendingPathComponent(name))
    let server = try ServerProcess(["alone/\(name)"], in: command)
    #expect(try server.get("/v1/run").status == 404)
    #expect(try server.get("/openapi.json").json()["paths"].map { "\($0)".contains("/v1/run") } == false)
    #expect(server.stop() == 0)
  }
}
