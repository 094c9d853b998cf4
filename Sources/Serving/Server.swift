import Training

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
    let (service, named) = try Service.make(settings, state: state, machine: machine, report: report)
    server = try HTTPServer(
      host: address, port: settings.port, limits: settings.limits, state: state, handler: service)
    watcher =
      named.isOfDirectory && settings.reloads
      ? ModelWatcher(
        directory: named.directory, queue: service.predictions, metrics: service.metrics, machine: machine,
        report: report) : nil
    report("serving \(named.path)" + (watcher == nil ? "" : ", and newer checkpoints as they come"))
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
