import Glibc
import Networks

/// A loss twice: as the library's value and in double precision from its definition.
struct ReferenceLoss: Sendable {
  /// The library's loss.
  let loss: any Loss
  /// Loss of one sample.
  let value: @Sendable (_ outputs: [Double], _ label: Int) -> Double

  static func softmaxCrossEntropy(smoothing: Float = 0) -> ReferenceLoss {
    ReferenceLoss(loss: SoftmaxCrossEntropy(labelSmoothing: smoothing)) { outputs, label in
      let logSum = log(outputs.map { exp($0) }.reduce(0, +))
      let share = Double(smoothing) / Double(outputs.count)
      return outputs.indices.reduce(0) { sum, index in
        let target = (index == label ? 1 - Double(smoothing) : 0) + share
        return sum - target * (outputs[index] - logSum)
      }
    }
  }

  static let meanSquaredError = ReferenceLoss(loss: MeanSquaredError()) { outputs, label in
    outputs.indices.reduce(0) { sum, index in
      let difference = outputs[index] - (index == label ? 1 : 0)
      return sum + difference * difference / Double(outputs.count)
    }
  }
}
