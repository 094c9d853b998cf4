import Settings
import Tensors

/// Mean squared distance between the outputs and the one-hot label: `Σ (y[k] − onehot[k])² / classes`.
public struct MeanSquaredError: Loss, Equatable {
  /// Creates the loss.
  public init() {}

  public static let schema = ObjectSchema(
    "meanSquaredError", "Mean over the outputs of the squared distance to the one-hot label.")

  public init(settings: Settings) throws(SettingsError) {}

  public var keys: JSONValue { [:] }

  public var exported: ExportedLoss? { .meanSquaredError }

  public func evaluate(_ pass: LossPass) {
    pass.kernels.meanSquaredError(
      classes: pass.classes, outputs: pass.outputs, labels: pass.labels, scale: pass.scale, losses: pass.losses,
      gradient: pass.gradient)
  }
}
