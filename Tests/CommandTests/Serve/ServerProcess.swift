import Foundation
import Testing

/// `lockstep serve` while it runs, on a port of its own.
final class ServerProcess {
  let command: Command
  let process: Process
  let port: UInt16
  private let output: URL
  private let error: URL

  /// Starts the server on any free port and waits until it says which.
  ///
  /// - Parameter preparation: what a shell does before it becomes the server.
  init(_ arguments: [String], in command: Command, preparation: String? = nil) throws {
    self.command = command
    let name = UUID().uuidString
    output = command.directory.appendingPathComponent("\(name).out")
    error = command.directory.appendingPathComponent("\(name).err")
    var (starter, all) = (command, ["serve"] + arguments + ["--port", "0"])
    if let preparation {
      all = ["-c", "\(preparation); exec \"$0\" \"$@\"", command.program.path] + all
      starter.program = URL(fileURLWithPath: "/bin/sh")
    }
    let process = try starter.start(all, output: output, error: error)
    self.process = process
    var text = ""
    while process.isRunning, !text.hasSuffix("\n") {
      usleep(2_000)
      text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
    }
    guard let port = text.split(separator: ":").last.flatMap({ UInt16($0.dropLast()) }) else {
      throw Failure(
        description: "the server printed \(text), \((try? String(contentsOf: error, encoding: .utf8)) ?? "")")
    }
    self.port = port
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  deinit { kill(process.processIdentifier, SIGKILL) }

  /// What it has said so far.
  var messages: String { (try? String(contentsOf: error, encoding: .utf8)) ?? "" }

  /// Asks it to end.
  ///
  /// - Returns: the exit code.
  func stop(_ signal: Int32 = SIGTERM) -> Int32 {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return Command.status(of: process)
  }

  /// A new connection.
  func connect() throws -> Connection { try Connection(port: port) }

  /// One request on a connection of its own.
  func send(_ request: String) throws -> HTTPAnswer {
    let connection = try connect()
    try connection.write(request)
    return try #require(connection.answer(), "no answer to \(request.prefix(80))")
  }

  func get(_ path: String) throws -> HTTPAnswer { try send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n") }

  /// Waits for what must come, as long as the server runs.
  func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<6000 {
      guard process.isRunning else { throw Failure(description: "the server has ended: \(messages)") }
      if try condition() { return }
      usleep(10_000)
    }
    throw Failure(description: "did not happen within a minute: \(messages)")
  }
}

/// An answer, taken apart.
struct HTTPAnswer {
  var status: Int
  var fields: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], "no object: \(text)")
  }

  /// The code of an error.
  func code() throws -> String {
    let error = try #require(try json()["error"] as? [String: Any])
    #expect(error["status"] as? Int == status && (error["message"] as? String)?.isEmpty == false)
    return try #require(error["code"] as? String)
  }
}

/// A plain socket, for clients of any manners.
final class Connection {
  private let descriptor: Int32
  private var input: [UInt8] = []

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // A server that says nothing for so long hangs.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard code == 0 else { throw ServerProcess.Failure(description: "connect: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw ServerProcess.Failure(description: "send: \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(count)
    }
  }

  /// No more will be written.
  func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads once.
  ///
  /// - Returns: false where the server has closed.
  @discardableResult
  func read() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.recv(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    input += bytes[..<count]
    return true
  }

  /// What has come and was not taken.
  var text: String { String(decoding: input, as: UTF8.self) }

  /// The next answer; nil where the connection ends before it is whole.
  func answer(hasBody: Bool = true) -> HTTPAnswer? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let head = input.firstRange(of: end) {
        let lines = String(decoding: input[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard lines[0].hasPrefix("HTTP/1.1 "), let status = Int(lines[0].dropFirst(9).prefix(3)) else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = hasBody ? Int(fields["content-length"] ?? "0") ?? 0 : 0
        if input.count >= head.upperBound + length {
          let body = Array(input[head.upperBound..<head.upperBound + length])
          input.removeFirst(head.upperBound + length)
          return HTTPAnswer(status: status, fields: fields, body: body)
        }
      }
      guard read() else { return nil }
    }
  }

  /// Whether the server closes without another byte.
  func isClosed() -> Bool { input.isEmpty && !read() }
}

/// A run that servers of all tests share; nobody changes it.
enum ServedRun {
  static let command: Command = {
    do {
      let command = try Command()
      try command.write(SmallConfigs.linear, to: "c.json")
      let result = try command.run(["train", "c.json", "--run", "run", "--progress", "none"])
      guard result.status == 0 else { fatalError("the run cannot be trained: \(result.error)") }
      return command
    } catch {
      fatalError("the run cannot be trained: \(error)")
    }
  }()

  static func server(_ arguments: String...) throws -> ServerProcess {
    try ServerProcess(["run"] + arguments, in: command)
  }

  /// A request with one image.
  static func prediction(of pixel: Int = 0, close: Bool = false) -> String {
    let body = "{\"image\":[\(Array(repeating: String(pixel), count: 784).joined(separator: ","))]}"
    return "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + (close ? "Connection: close\r\n" : "") + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}
