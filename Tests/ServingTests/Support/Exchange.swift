import Serving
import Settings
import Testing

/// An answer, for expectations.
struct Answer {
  var status: Int
  var fields: [(name: String, value: String)]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  func json() throws -> JSONValue { try JSONParser.parse(body, file: "answer").value }

  /// The error's code and message.
  func error() throws -> (code: String, message: String, path: String?) {
    let error = try #require(try json()["error"])
    guard case .string(let code)? = error["code"], case .string(let message)? = error["message"],
      case .integer(status)? = error["status"]
    else {
      Issue.record("not an error: \(text)")
      return ("", "", nil)
    }
    guard case .string(let path)? = error["path"] else { return (code, message, nil) }
    return (code, message, path)
  }
}

extension OfflineService {
  func send(_ text: String) async throws -> Answer { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws -> Answer {
    let answer = try #require(await answer(bytes))
    return Answer(status: answer.status, fields: answer.fields, body: answer.body)
  }

  func get(_ path: String, method: String = "GET", _ fields: String = "Host: localhost\r\n") async throws -> Answer {
    try await send("\(method) \(path) HTTP/1.1\r\n\(fields)\r\n")
  }

  func predict(_ body: [UInt8], type: String = "application/json", query: String = "") async throws -> Answer {
    try await send(
      Array(
        "POST /v1/predict\(query) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
          .utf8) + body)
  }

  func predict(_ json: String, query: String = "") async throws -> Answer {
    try await predict(Array(json.utf8), query: query)
  }
}
