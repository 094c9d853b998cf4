/// One way of writing a digit: pen strokes as control points of smooth curves, in a box of height 1 with y downwards.
///
/// A stroke runs through all its points without a corner; where the pen turns sharply, one stroke ends and the next begins at the
/// same point.
struct DigitStyle: Sendable {
  /// How often it is written, relative to the other styles of its digit.
  let weight: Float
  /// Control points; those of a stroke are named by index, so that strokes that meet keep meeting when points move.
  let points: [SIMD2<Float>]
  /// Strokes as indices into `points`.
  let strokes: [[Int]]

  /// - Parameter points: x and y in turn.
  init(weight: Float, points coordinates: [Float], strokes: [[Int]]) {
    self.weight = weight
    points = stride(from: 0, to: coordinates.count, by: 2).map { SIMD2(coordinates[$0], coordinates[$0 + 1]) }
    self.strokes = strokes
  }

  /// The styles of each digit, from common hands.
  static let all: [[DigitStyle]] = [zero, one, two, three, four, five, six, seven, eight, nine]

  /// Most control points of any style.
  static let largestPointCount = all.joined().map(\.points.count).max() ?? 0
}
