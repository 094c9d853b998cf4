import Networks
import Optimizers
import Settings
import Training

/// How Keras trains a network further: with the run's loss, optimizer and metrics, as far as Keras has them.
struct KerasCompilation {
  /// The arguments of `model.compile`; nil where loss or optimizer has no counterpart, and the model is not compiled.
  let config: JSONValue?
  /// What is missing, a sentence each.
  let notes: [String]

  /// For a network and the step it is at.
  init(_ network: TrainedNetwork) {
    let training = network.config.training
    let loss = training.loss.exported.map(KerasCompilation.loss)
    let optimizer = training.optimizer.exported.map { KerasCompilation.optimizer($0, network) }
    var notes: [String] = []
    if loss == nil { notes.append("Keras has no loss \(type(of: training.loss).schema.name)") }
    if optimizer == nil { notes.append("Keras has no optimizer \(type(of: training.optimizer).schema.name)") }
    self.notes = notes.map { $0 + ": the model is not compiled; to train it further, call model.compile" }
    guard let loss, let optimizer else {
      config = nil
      return
    }
    config = [
      "optimizer": optimizer, "loss": loss,
      "metrics": .array(training.metrics.compactMap { KerasCompilation.metric($0, of: training.loss) }),
    ]
  }

  private static func loss(_ loss: ExportedLoss) -> JSONValue {
    switch loss {
    case .softmaxCrossEntropy(labelSmoothing: 0):
      kerasObject("keras.losses", "SparseCategoricalCrossentropy", ["from_logits": true])
    case .softmaxCrossEntropy(let smoothing):
      // The one for labels that are numbers cannot smooth them.
      kerasObject(
        "keras.losses", "CategoricalCrossentropy", ["from_logits": true, "label_smoothing": .single(smoothing)])
    case .meanSquaredError: kerasObject("keras.losses", "MeanSquaredError", [:])
    }
  }

  /// With the rate of the run's last step, whatever its schedule was about to do.
  private static func optimizer(_ optimizer: ExportedOptimizer, _ network: TrainedNetwork) -> JSONValue {
    let common: JSONValue = [
      "learning_rate": .single(network.optimizer.learningRate),
      "global_clipnorm": network.config.training.clip.map { .number($0.maxNorm) } ?? .null,
    ]
    return kerasObject("keras.optimizers", optimizer.kerasClass, common.merging(optimizer.settings))
  }

  /// Nil for a metric that Keras does not have: nothing depends on it.
  private static func metric(_ metric: any Metric, of loss: any Loss) -> JSONValue? {
    let hasNumbersForLabels = loss.exported == .softmaxCrossEntropy(labelSmoothing: 0)
    return switch metric {
    case is Accuracy: "accuracy"
    case let best as TopKAccuracy:
      kerasObject(
        "keras.metrics", hasNumbersForLabels ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy",
        ["k": .integer(best.k), "name": .string("top_\(best.k)_accuracy")])
    default: nil
    }
  }
}
