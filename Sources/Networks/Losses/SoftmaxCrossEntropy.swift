import Settings
import Tensors

/// Cross-entropy between the softmax of the outputs and the label, in nats:
/// `−Σ t[k] · log softmax(y)[k]` with `t = (1 − ε) · onehot + ε / classes`.
///
/// ε is the label smoothing (Szegedy et al. 2016). The network ends without a softmax: its outputs are logits, which
/// keeps the logarithm exact where a probability would round to 0.
public struct SoftmaxCrossEntropy: Loss, Equatable {
  /// ε, in [0, 1).
  public let labelSmoothing: Float

  /// - Precondition: `labelSmoothing` is in [0, 1).
  public init(labelSmoothing: Float = 0) {
    precondition(labelSmoothing >= 0 && labelSmoothing < 1, "label smoothing must be in [0, 1)")
    self.labelSmoothing = labelSmoothing
  }

  public static let schema = ObjectSchema(
    "softmaxCrossEntropy",
    "Cross-entropy of the outputs' softmax, in nats; the network ends in logits, without a softmax of its own.",
    fields: [
      Field(
        "labelSmoothing", .number(.from(0, below: 1)), default: .number(0),
        "Share of the label that is spread over all classes (Szegedy et al. 2016).")
    ])

  public init(settings: Settings) throws(SettingsError) {
    let smoothing = Float(settings.number("labelSmoothing"))
    // A number just below 1 may round to 1 in single precision.
    guard smoothing < 1 else {
      throw settings.error("labelSmoothing", "a share this close to 1 leaves nothing to learn")
    }
    self.init(labelSmoothing: smoothing)
  }

  public var keys: JSONValue { ["labelSmoothing": .single(labelSmoothing)] }

  public var exported: ExportedLoss? { .softmaxCrossEntropy(labelSmoothing: labelSmoothing) }

  public func evaluate(_ pass: LossPass) {
    pass.kernels.softmaxCrossEntropy(
      classes: pass.classes, logits: pass.outputs, labels: pass.labels, smoothing: labelSmoothing, scale: pass.scale,
      losses: pass.losses, gradient: pass.gradient)
  }
}
