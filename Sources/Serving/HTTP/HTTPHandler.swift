/// What answers requests.
protocol HTTPHandler: Sendable {
  /// Whether a request is worth reading its body: called when its head is there.
  ///
  /// - Returns: the most bytes its body may have.
  /// - Throws: the answer, where it is clear already.
  func accept(_ head: HTTPRequestHead) throws(HTTPError) -> Int

  /// Answers a request.
  func answer(_ request: HTTPRequest) async -> HTTPResponse

  /// The answer to what is no request, or one that was not accepted.
  func answer(_ error: HTTPError, to head: HTTPRequestHead?) -> HTTPResponse
}
