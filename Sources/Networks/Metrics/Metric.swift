import Settings
import Tensors

/// A mean over samples that people watch beside the loss; training does not use it.
public protocol Metric: Configurable {
  /// Name in logs and results, for example `accuracy`.
  var name: String { get }

  /// - Throws: `ShapeError` where the metric says nothing about such an output.
  func check(output: Shape) throws(ShapeError)

  /// Adds what every sample counts, one after the other, to a running sum; the metric is the sum divided by the number
  /// of samples.
  ///
  /// - Parameters:
  ///   - losses: loss of every sample.
  ///   - ranks: number of classes that beat the label, for every sample: 0 means that the prediction is right.
  func accumulate(losses: View<Float>, ranks: View<Int32>, into sum: inout Double)
}

extension Metric {
  /// Any output that a loss takes.
  public func check(output: Shape) throws(ShapeError) {}
}
