import Foundation
import Training

/// What `lockstep serve` was asked for.
public struct ServeSettings: Sendable {
  /// A checkpoint's file, or a run's directory.
  public var checkpoint: String
  /// Address and port; 0 for any that is free.
  public var host = "127.0.0.1"
  public var port: UInt16 = 8080
  /// The run whose curves are shown; nil for the checkpoint's own, where its directory has any.
  public var run: String?
  /// Names beside addresses and localhost that requests may come under.
  public var hosts: [String] = []
  /// Origins whose pages may use the API.
  public var origins: [String] = []
  /// Whether newer checkpoints of a run's directory are taken into use.
  public var reloads = true
  /// Limits on requests.
  public var limits = HTTPLimits()

  /// With defaults.
  public init(checkpoint: String) { self.checkpoint = checkpoint }
}

/// A checkpoint behind HTTP.
public final class Server: Sendable {
  private let server: HTTPServer
  private let watcher: ModelWatcher?
  private let address: ListenAddress

  /// Loads the checkpoint and takes the port.
  ///
  /// - Parameter report: gets lines for the person at the terminal.
  /// - Throws: `ServeError`, or the error of a checkpoint that cannot be used.
  public init(
    _ settings: ServeSettings, machine: Machine, report: @escaping @Sendable (String) -> Void
  ) throws {
    guard let address = ListenAddress(settings.host) else { throw ServeError.badHost(settings.host) }
    self.address = address
    let state = ServerState()
    let (service, place) = try Service.make(settings, state: state, machine: machine, report: report)
    server = try HTTPServer(
      host: address, port: settings.port, limits: settings.limits, state: state, handler: service)
    watcher =
      place.isDirectory && settings.reloads
      ? ModelWatcher(
        directory: place.directory, queue: service.predictions, metrics: service.metrics, machine: machine,
        report: report) : nil
    report("serving \(place.path)" + (watcher == nil ? "" : ", and newer checkpoints as they come"))
    if !address.isLoopback {
      report(
        "WARNING: listening on \(settings.host): whoever reaches this machine can use the server. It has no password and no encryption"
      )
    }
  }

  /// `http://127.0.0.1:8080`.
  public var url: String { "http://\(address.authority):\(server.port)" }

  /// Serves until the task around it is cancelled, and then lets requests under way end.
  public func run() async throws { try await server.run() }
}

extension Service {
  /// Loads a checkpoint and makes what answers for it.
  fileprivate static func make(
    _ settings: ServeSettings, state: ServerState, machine: Machine, report: (String) -> Void
  ) throws -> (Service, CheckpointPlace) {
    let place = try CheckpointPlace(settings.checkpoint, report: report)
    let run = try run(settings, directory: place.directory)
    let model = try ServedModel(place.checkpoint, path: place.path, machine: machine)
    let service = Service(
      predictions: PredictionQueue(model), metrics: ServerMetrics(), state: state, limits: settings.limits,
      hosts: HostCheck(names: settings.hosts), origins: settings.origins, run: run, pictures: PictureReader())
    return (service, place)
  }

  private static func run(_ settings: ServeSettings, directory: String) throws(ServeError) -> String? {
    if let run = settings.run {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: run, isDirectory: &isDirectory), isDirectory.boolValue else {
        throw .noRun(path: run)
      }
      return run
    }
    return FileManager.default.fileExists(atPath: directory + "/metrics.jsonl") ? directory : nil
  }
}

/// What the server answers, without a socket: for tests and fuzzers.
package struct OfflineService: Sendable {
  private let service: Service

  /// Loads the checkpoint.
  package init(_ settings: ServeSettings, machine: Machine) throws {
    service = try Service.make(settings, state: ServerState(), machine: machine) { _ in }.0
  }

  /// The answer to bytes as they would come over a connection that ends behind them; nil where they end too early for one.
  package func answer(_ bytes: [UInt8]) async -> (status: Int, fields: [(name: String, value: String)], body: [UInt8])?
  {
    var input = InputBuffer()
    input.append(bytes)
    var head: HTTPRequestHead?
    var response: HTTPResponse
    do throws(HTTPError) {
      guard let request = try request(&input, head: &head) else { return nil }
      response = await service.answer(request)
    } catch {
      response = service.answer(error, to: head)
    }
    guard case .bytes(let body) = response.body else { return (response.status, response.fields, []) }
    return (response.status, response.fields, body)
  }

  private func request(
    _ input: inout InputBuffer, head found: inout HTTPRequestHead?
  ) throws(HTTPError) -> HTTPRequest? {
    guard let bytes = input.takeHead(limit: service.limits.head) else { return nil }
    let head = try HTTPRequestHead(bytes, limits: service.limits)
    found = head
    let limit = try service.accept(head)
    switch head.framing {
    case .none: return HTTPRequest(head: head, body: [])
    case .length(let length):
      guard length <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
      return length <= input.count ? HTTPRequest(head: head, body: input.take(length)) : nil
    case .chunked:
      var body = ChunkedBody(limit: limit)
      _ = try body.append(input.bytes)
      return body.isDone ? HTTPRequest(head: head, body: body.body) : nil
    }
  }
}
