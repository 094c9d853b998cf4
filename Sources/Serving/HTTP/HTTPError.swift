import Settings

/// Why a request was not served: status and a message for whoever wrote it.
package struct HTTPError: Error, Equatable {
  /// The status and its name in the API, which programs can rely on.
  package enum Code: String, CaseIterable {
    case badRequest = "bad_request"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case timeout = "request_timeout"
    case lengthRequired = "length_required"
    case tooLarge = "content_too_large"
    case uriTooLong = "uri_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case expectationFailed = "expectation_failed"
    case misdirected = "unknown_host"
    case unprocessable = "unprocessable_content"
    case headTooLarge = "header_fields_too_large"
    case internalError = "internal_error"
    case notImplemented = "not_implemented"
    case unavailable = "overloaded"
    case versionNotSupported = "http_version_not_supported"

    package var status: Int {
      switch self {
      case .badRequest: 400
      case .notFound: 404
      case .methodNotAllowed: 405
      case .timeout: 408
      case .lengthRequired: 411
      case .tooLarge: 413
      case .uriTooLong: 414
      case .unsupportedMediaType: 415
      case .expectationFailed: 417
      case .misdirected: 421
      case .unprocessable: 422
      case .headTooLarge: 431
      case .internalError: 500
      case .notImplemented: 501
      case .unavailable: 503
      case .versionNotSupported: 505
      }
    }
  }

  package var code: Code
  /// What was found, what was expected, what to do.
  package var message: String
  /// Where in a JSON body, for example `images[2][0][5]`.
  package var path: String?
  /// Header fields that belong to it.
  var fields: [(name: String, value: String)] = []

  package init(_ code: Code, _ message: String, path: String? = nil, fields: [(name: String, value: String)] = []) {
    self.code = code
    self.message = message
    self.path = path
    self.fields = fields
  }

  /// `{"error": {"code": …, "message": …}}`.
  var response: HTTPResponse {
    var members: [(key: String, value: JSONValue)] = [
      ("code", .string(code.rawValue)), ("status", .integer(code.status)), ("message", .string(message)),
    ]
    if let path { members.append(("path", .string(path))) }
    var response = HTTPResponse(json: .object([("error", .object(members))]), status: code.status)
    response.fields += fields
    return response
  }

  package static func == (left: HTTPError, right: HTTPError) -> Bool {
    left.code == right.code && left.message == right.message && left.path == right.path
      && left.fields.elementsEqual(right.fields) { $0 == $1 }
  }
}
