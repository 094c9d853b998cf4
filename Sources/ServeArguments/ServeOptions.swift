import ArgumentParser

/// The arguments of `lockstep serve`: `lockstep` reads them to help and to refuse, and `lockstep-serve` to serve.
public struct ServeOptions: ParsableArguments {
  /// What both programs say of the command.
  public static let abstract = "Serve a checkpoint: a page to draw digits on, and an HTTP API."
  /// And at length.
  public static let discussion = """
    Open the address it prints in a browser: the page shows the network's probabilities while you draw, what it sees, its first \
    layer at work, and the curves of a run while it trains. For programs: POST /v1/predict, GET /v1/model, GET /healthz, \
    GET /metrics (Prometheus), GET /openapi.json (which describes all).

    A run directory is served by its newest good checkpoint, and by newer ones as training saves them. Ctrl-C or SIGTERM \
    finishes what is under way and ends with exit code 0; a port that is taken is exit code 69.
    """

  @Argument(
    help: ArgumentHelp("A checkpoint, or a run directory (its newest good one is taken).", valueName: "checkpoint"))
  public var checkpoint: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The port; 0 for any that is free, which is printed.", valueName: "n"))
  public var port = 8080

  @Option(
    help: ArgumentHelp(
      "The address to listen on. By default only this machine can ask; 0.0.0.0 lets everybody who reaches it.",
      valueName: "address"))
  public var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp(
      "The run whose curves the page shows; by default the one the checkpoint lies in.", valueName: "dir"))
  public var run: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads for large batches; by default one for each processor.", valueName: "n"))
  public var threads: Int?

  @Option(
    name: .customLong("allow-host"), parsing: .singleValue,
    help: ArgumentHelp(
      "A name that requests may come under, beside addresses and localhost: the machine's in its network. May be repeated.",
      valueName: "name"))
  public var hosts: [String] = []

  @Option(
    name: .customLong("allow-origin"), parsing: .singleValue,
    help: ArgumentHelp(
      "An origin whose pages may use the API (CORS), for example https://example.org. May be repeated.",
      valueName: "origin"))
  public var origins: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Largest body of a request, in bytes.", valueName: "bytes"))
  public var maxBody = 8 << 20

  @Option(parsing: .unconditional, help: ArgumentHelp("Most connections at a time.", valueName: "n"))
  public var maxConnections = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long the head of a request may take to arrive; its body, and taking the answer, three times as long.",
      valueName: "seconds"))
  public var requestTimeout = 10.0

  @Flag(
    name: .customLong("no-reload"),
    help: "Serve the checkpoint found at the start, also when training saves newer ones.")
  public var noReload = false

  /// Creates options to be read into.
  public init() {}

  public func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is \(port); expected 0 to 65535") }
    if let threads, !(1...128).contains(threads) {
      throw ValidationError("--threads is \(threads); expected 1 to 128")
    }
    guard (1024...1 << 30).contains(maxBody) else {
      throw ValidationError("--max-body is \(maxBody); expected 1024 to 1073741824")
    }
    guard (1...10_000).contains(maxConnections) else {
      throw ValidationError("--max-connections is \(maxConnections); expected 1 to 10000")
    }
    guard (0.1...3600).contains(requestTimeout) else {
      throw ValidationError("--request-timeout is \(requestTimeout); expected 0.1 to 3600")
    }
    for origin in origins where !(origin.hasPrefix("http://") || origin.hasPrefix("https://")) || origin.hasSuffix("/")
    {
      throw ValidationError(
        "--allow-origin is \(origin); expected http:// or https://, a name and perhaps a port, without a path")
    }
  }
}
