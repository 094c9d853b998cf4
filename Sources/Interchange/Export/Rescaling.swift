import Checkpoints
import Tensors

/// How samples as a data set has them become a network's inputs: `input = value · scale + offset`, each with as few numbers as say it.
struct Rescaling: Sendable {
  /// A factor or summand: one for all elements of a sample, one for each place of its last axis, or one for each element.
  struct Numbers: Sendable {
    /// Extents that broadcast over a sample; none for one number.
    let dimensions: [Int]
    let values: [Float]

    /// - Parameter channels: one for each channel, which comes last.
    fileprivate init(_ channels: [Float], input: Shape) {
      // A network may see images as rows, in which the channels come round again and again.
      func repeated(_ count: Int) -> [Float] { (0..<count).map { channels[$0 % channels.count] } }
      if Set(channels.map(\.bitPattern)).count == 1 {
        (dimensions, values) = ([], [channels[0]])
      } else if let last = input.dimensions.last, last.isMultiple(of: channels.count) {
        (dimensions, values) = ([last], repeated(last))
      } else {
        (dimensions, values) = (input.dimensions, repeated(input.count))
      }
    }

    fileprivate func isAll(_ value: Float) -> Bool { values.allSatisfy { $0 == value } }
  }

  /// What values are multiplied with; nil for 1.
  let scale: Numbers?
  /// What is added then; nil for 0.
  let offset: Numbers?

  /// Nil where the checkpoint does not say it, or not of such inputs.
  init?(_ run: RunState, input: Shape) {
    let channels = run.inputScale.count
    guard channels > 0, run.inputOffset.count == channels, input.count.isMultiple(of: channels) else { return nil }
    let (scale, offset) = (Numbers(run.inputScale, input: input), Numbers(run.inputOffset, input: input))
    self.scale = scale.isAll(1) ? nil : scale
    self.offset = offset.isAll(0) ? nil : offset
  }
}
