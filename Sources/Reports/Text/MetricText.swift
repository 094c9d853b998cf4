import Training

/// Metrics as people read them.
package enum MetricText {
  /// `loss 0.0612`, `accuracy 98.12 %`, `top-5 accuracy 99.90 %`.
  ///
  /// - Parameter short: `acc` for `accuracy`, where a terminal is narrow.
  package static func labelled(_ name: String, _ value: Double, short: Bool = false) -> String {
    "\(label(name, short: short)) \(text(name, value))"
  }

  /// The value alone: shares as per cent.
  package static func text(_ name: String, _ value: Double) -> String {
    isShare(name) ? NumberText.percent(value) : NumberText.loss(value)
  }

  private static func isShare(_ name: String) -> Bool { name == "accuracy" || name.hasSuffix("Accuracy") }

  /// The name as it is shown: `top-5 accuracy` for `top5Accuracy`.
  package static func label(_ name: String, short: Bool) -> String {
    let accuracy = short ? "acc" : "accuracy"
    if name == "accuracy" { return accuracy }
    if name.hasPrefix("top"), isShare(name) { return "top-\(name.dropFirst(3).dropLast(8)) \(accuracy)" }
    return name
  }
}
