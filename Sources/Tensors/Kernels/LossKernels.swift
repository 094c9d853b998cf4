import CKernels

// The Swift face of `ls_loss_kernels`. `labels` must lie in 0..<classes: readers check them when the data is loaded.
extension Kernels {
  /// Cross-entropy of the softmax of `logits`, per sample, and its gradient times `scale` where `gradient` is given.
  public func softmaxCrossEntropy(
    classes: Int, logits: View<Float>, labels: View<Int32>, smoothing: Float, scale: Float,
    losses: MutableView<Float>, gradient: MutableView<Float>?
  ) {
    check(logits, holds: labels.count * classes, "logits")
    check(losses, holds: labels.count, "losses")
    if let gradient { check(gradient, holds: labels.count * classes, "gradient") }
    table.pointee.loss.softmax_cross_entropy(
      Int64(labels.count), Int64(classes), logits.base, labels.base, smoothing, scale, losses.base, gradient?.base)
  }

  /// Mean over the outputs of the squared distance to the one-hot label, per sample, and its gradient times `scale`.
  public func meanSquaredError(
    classes: Int, outputs: View<Float>, labels: View<Int32>, scale: Float,
    losses: MutableView<Float>, gradient: MutableView<Float>?
  ) {
    check(outputs, holds: labels.count * classes, "outputs")
    check(losses, holds: labels.count, "losses")
    if let gradient { check(gradient, holds: labels.count * classes, "gradient") }
    table.pointee.loss.mean_squared_error(
      Int64(labels.count), Int64(classes), outputs.base, labels.base, scale, losses.base, gradient?.base)
  }

  /// Softmax of each row; may be in place.
  public func softmax(samples: Int, classes: Int, logits: View<Float>, probabilities: MutableView<Float>) {
    check(logits, holds: samples * classes, "logits")
    check(probabilities, holds: samples * classes, "probabilities")
    table.pointee.loss.softmax(Int64(samples), Int64(classes), logits.base, probabilities.base)
  }

  /// How many classes beat the label, per sample: 0 means that the prediction is right, below k that it is among the top k.
  public func labelRank(
    classes: Int, logits: View<Float>, labels: View<Int32>, ranks: MutableView<Int32>
  ) {
    check(logits, holds: labels.count * classes, "logits")
    check(ranks, holds: labels.count, "ranks")
    table.pointee.loss.label_rank(
      Int64(labels.count), Int64(classes), logits.base, labels.base, ranks.base)
  }
}
