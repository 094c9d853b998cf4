import Settings
import Training

/// Answers requests: the API and the page.
struct Service: HTTPHandler {
  /// Most bytes of a body that nobody reads.
  private static let largestUnread = 64 << 10

  let predictions: PredictionQueue
  let metrics: ServerMetrics
  let state: ServerState
  let limits: HTTPLimits
  let hosts: HostCheck
  /// Origins whose pages may ask, beside our own.
  let origins: [String]
  /// The directory of the run whose curves are shown; nil for none.
  let run: String?

  // MARK: HTTPHandler

  func accept(_ head: HTTPRequestHead) throws(HTTPError) -> Int {
    guard hosts.allows(head.field("host")) else {
      throw HTTPError(
        .misdirected,
        "Host is \(HTTPRequestHead.shown(head.field("host") ?? "")); this server answers to addresses, localhost "
          + "and the names that --allow-host gives")
    }
    if head.path == "*", head.method == "OPTIONS" { return Service.largestUnread }
    guard let route = Route(rawValue: head.path), run != nil || route != .run && route != .events else {
      throw HTTPError(.notFound, notFound(head.path))
    }
    guard route.methods.contains(head.method) else {
      let allowed = route.methods.joined(separator: ", ")
      throw HTTPError(
        .methodNotAllowed, "\(route.rawValue) knows \(allowed)", fields: [("Allow", allowed)])
    }
    guard head.method == "POST" else { return Service.largestUnread }
    guard head.framing != .none || head.field("content-length") != nil else {
      throw HTTPError(
        .lengthRequired, "a body is expected, and neither Content-Length nor Transfer-Encoding tells its length")
    }
    guard Service.mediaType(head).flatMap(PredictionRequest.Kind.init) != nil else {
      throw unsupported(head)
    }
    return limits.body
  }

  private func unsupported(_ head: HTTPRequestHead) -> HTTPError {
    let known = PredictionRequest.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let found = "Content-Type is \(head.field("content-type").map(HTTPRequestHead.shown) ?? "missing")"
    let expected =
      Service.mediaType(head)?.hasPrefix("image/") == true
      ? "of pictures only PNG is read: convert it and send image/png" : "expected one of \(known)"
    return HTTPError(.unsupportedMediaType, "\(found); \(expected)", fields: [("Accept-Post", known)])
  }

  private func notFound(_ path: String) -> String {
    if Route(rawValue: path) != nil { return "no run is shown; start the server with --run DIR" }
    let near = NearestName.find(path, in: Route.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
    return "\(HTTPRequestHead.shown(path)) is not here\(near)"
  }

  static func mediaType(_ head: HTTPRequestHead) -> String? {
    head.field("content-type").map { type in
      type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
  }

  func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let route = Route(rawValue: request.head.path)
    let start = ContinuousClock.now
    metrics.begin()
    var response: HTTPResponse
    do throws(HTTPError) {
      response = try await respond(request, route: route)
    } catch {
      response = error.response
    }
    var seconds: Double? = (ContinuousClock.now - start) / .seconds(1)
    if case .stream = response.body { seconds = nil }
    metrics.end(
      route: route?.rawValue ?? "other", method: Service.label(request.head.method), status: response.status,
      seconds: seconds)
    addOrigin(request.head, to: &response)
    return response
  }

  func answer(_ error: HTTPError, to head: HTTPRequestHead?) -> HTTPResponse {
    var response = error.response
    metrics.refused(
      route: head.flatMap { Route(rawValue: $0.path) }?.rawValue ?? "other",
      method: head.map { Service.label($0.method) } ?? "none", status: response.status)
    if let head { addOrigin(head, to: &response) }
    return response
  }

  /// A label of which there are few, whatever clients send.
  private static func label(_ method: String) -> String {
    ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"].contains(method) ? method : "other"
  }

  private func addOrigin(_ head: HTTPRequestHead, to response: inout HTTPResponse) {
    guard !origins.isEmpty else { return }
    response.fields.append(("Vary", "Origin"))
    guard let origin = head.field("origin"), origins.contains(origin) else { return }
    response.fields.append(("Access-Control-Allow-Origin", origin))
    if head.method == "OPTIONS" {
      response.fields.append(("Access-Control-Allow-Methods", "GET, POST"))
      response.fields.append(("Access-Control-Allow-Headers", "Content-Type"))
      response.fields.append(("Access-Control-Max-Age", "600"))
    }
  }

  // MARK: Routes

  private func respond(_ request: HTTPRequest, route: Route?) async throws(HTTPError) -> HTTPResponse {
    if request.head.method == "OPTIONS" {
      let allowed = (route?.methods ?? ["GET", "HEAD", "POST", "OPTIONS"]).joined(separator: ", ")
      return HTTPResponse(status: 204, type: nil, body: .bytes([]), fields: [("Allow", allowed)])
    }
    switch route {
    case .page: return PageAsset.index.response(to: request.head)
    case .style: return PageAsset.style.response(to: request.head)
    case .script: return PageAsset.script.response(to: request.head)
    case .padScript: return PageAsset.padScript.response(to: request.head)
    case .pictureScript: return PageAsset.pictureScript.response(to: request.head)
    case .curvesScript: return PageAsset.curvesScript.response(to: request.head)
    case .model: return HTTPResponse(json: modelJSON)
    case .predict: return try await predict(request)
    case .run: return try HTTPResponse(json: runJSON())
    case .events: return try events(request.head)
    case .health: return HTTPResponse(json: ["status": "ok", "step": .integer(predictions.description.step)])
    case .metrics:
      return HTTPResponse(
        status: 200, type: "text/plain; version=0.0.4; charset=utf-8",
        body: .bytes(Array(metrics.text(model: predictions.description).utf8)), fields: [("Cache-Control", "no-store")])
    case .description:
      return HTTPResponse(json: OpenAPI(model: predictions.description, limits: limits, hasRun: run != nil).json)
    case nil: throw HTTPError(.notFound, notFound(request.head.path))
    }
  }

  private var modelJSON: JSONValue {
    let description = predictions.description
    guard case .object(let members) = description.json else { return .null }
    let shape = description.shape
    return .object(
      members + [
        // A picture of a digit can be drawn where the network has learnt digits.
        ("drawing", .bool(shape == PixelShape(height: 28, width: 28, channels: 1))),
        ("pictures", .bool(PictureReader.takes(shape))),
        ("largestBatch", .integer(PredictionRequest.largestBatch)),
        ("version", .string(LockstepVersion.current)),
      ])
  }

  private func predict(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let wanted = try await PredictionRequest.read(request, shape: predictions.description.shape, limits: limits)
    let output = try await predictions.predict(
      wanted.pixels, shape: wanted.shape, activations: wanted.includesActivations)
    metrics.predicted(output.images)
    let answer = PredictionAnswer(request: wanted, output: output)
    return HTTPResponse(
      status: 200, type: "application/json", body: .bytes(try answer.json()), fields: [("Cache-Control", "no-store")])
  }

  private func runJSON() throws(HTTPError) -> JSONValue {
    guard let run else { throw HTTPError(.notFound, notFound(Route.run.rawValue)) }
    var members: [(key: String, value: JSONValue)] = [
      ("directory", .string(run)), ("isTraining", .bool(RunDirectory.isInUse(run))),
    ]
    if let config = try? RunConfig(file: run + "/config.json") {
      members += [("name", .string(config.name)), ("epochs", .integer(config.training.epochs))]
    }
    return .object(members)
  }

  private func events(_ head: HTTPRequestHead) throws(HTTPError) -> HTTPResponse {
    guard let run else { throw HTTPError(.notFound, notFound(Route.events.rawValue)) }
    let fields = [("Cache-Control", "no-store")]
    let type = "text/event-stream"
    if head.method == "HEAD" { return HTTPResponse(status: 200, type: type, body: .bytes([]), fields: fields) }
    guard let place = state.openStream(limit: limits.streams) else {
      throw HTTPError(
        .unavailable, "\(limits.streams) streams of events are open already", fields: [("Retry-After", "10")])
    }
    let state = state
    return HTTPResponse(
      status: 200, type: type,
      body: .stream { write in
        defer { withExtendedLifetime(place) {} }
        try await EventStream.send(run: run, isDraining: { state.isDraining }, write: write)
      }, fields: fields)
  }
}
