#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Losses of classification as their equations, in FP64: the reference for the errors of `ls_loss_kernels`.
public enum NaiveLoss {
  /// One sample's loss, and its gradient times `scale`.
  public typealias LossAndGradient = (loss: Double, gradient: [Double])

  /// softmax(x)ₖ = exp(xₖ − max x) / Σⱼ exp(xⱼ − max x).
  public static func softmax(_ logits: [Float]) -> [Double] {
    let largest = Double(logits.max() ?? 0)
    let exponentials = logits.map { exp(Double($0) - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// −Σₖ tₖ ln softmax(x)ₖ and (softmax(x) − t) · scale, with t = (1 − smoothing) · onehot + smoothing / classes.
  public static func softmaxCrossEntropy(
    logits: [Float], label: Int, smoothing: Float, scale: Float
  ) -> LossAndGradient {
    let largest = Double(logits.max() ?? 0)
    let logSum = log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    let probabilities = softmax(logits)
    var result: LossAndGradient = (0, [])
    for k in logits.indices {
      let target = (k == label ? 1 - Double(smoothing) : 0) + Double(smoothing) / Double(logits.count)
      if target > 0 { result.loss -= target * (Double(logits[k]) - largest - logSum) }
      result.gradient.append((probabilities[k] - target) * Double(scale))
    }
    return result
  }

  /// Mean over k of (yₖ − onehotₖ)², and 2 (y − onehot) / classes · scale.
  public static func meanSquaredError(outputs: [Float], label: Int, scale: Float) -> LossAndGradient {
    var result: LossAndGradient = (0, [])
    let classes = Double(outputs.count)
    for k in outputs.indices {
      let distance = Double(outputs[k]) - (k == label ? 1 : 0)
      result.loss += distance * distance / classes
      result.gradient.append(2 * distance / classes * Double(scale))
    }
    return result
  }

  /// Number of classes that beat the label: larger, or equal with a smaller index. All of them where a logit is a NaN.
  public static func labelRank(logits: [Float], label: Int) -> Int {
    if logits.contains(where: \.isNaN) { return logits.count }
    return logits.indices.count { logits[$0] > logits[label] || (logits[$0] == logits[label] && $0 < label) }
  }
}
