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
