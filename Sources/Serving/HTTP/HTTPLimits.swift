/// What one client may ask of the server. A limit that is reached ends in an answer that says so, or, where nobody has asked anything, in
/// a closed connection.
public struct HTTPLimits: Sendable {
  /// Connections at a time; one more is answered 503.
  public var connections = 256
  /// Connections at a time that are held open to send events.
  public var streams = 32
  /// Bytes of a request's line and header fields.
  public var head = 16 << 10
  /// Header fields of a request.
  public var fields = 64
  /// Bytes of a request's body.
  public var body = 8 << 20
  /// Pixels of the pictures in a request's body, together: 4,096 × 4,096 are more than one of a digit needs, and take less than a second.
  public var pixels = 1 << 24
  /// Bytes of the bodies of all requests under way.
  public var bodies = 256 << 20
  /// How long a connection may wait for its next request.
  public var idle = Duration.seconds(30)
  /// From a request's first byte to the end of its header fields.
  public var headTime = Duration.seconds(10)
  /// From there to the end of its body.
  public var bodyTime = Duration.seconds(30)
  /// For a client to take an answer, or one event of a stream.
  public var writeTime = Duration.seconds(30)
  /// For requests under way when the server is to end.
  public var drain = Duration.seconds(5)

  /// The defaults.
  public init() {}
}
