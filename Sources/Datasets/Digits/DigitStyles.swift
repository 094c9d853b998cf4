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

  private init(_ weight: Float, _ points: [SIMD2<Float>], _ strokes: [[Int]]) {
    self.weight = weight
    self.points = points
    self.strokes = strokes
  }

  /// The styles of each digit, from common hands.
  static let all: [[DigitStyle]] = [zero, one, two, three, four, five, six, seven, eight, nine]

  /// Most control points of any style.
  static let largestPointCount = all.joined().map(\.points.count).max() ?? 0

  private static func point(_ x: Float, _ y: Float) -> SIMD2<Float> { SIMD2(x, y) }

  private static let zero = [
    // Closed oval from the top.
    DigitStyle(
      3,
      [
        point(0.33, 0), point(0.1, 0.17), point(0, 0.5), point(0.1, 0.85), point(0.33, 1), point(0.57, 0.83),
        point(0.66, 0.5), point(0.56, 0.15), point(0.33, 0.0),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // Begun at the right, the end passes over the beginning.
    DigitStyle(
      1.2,
      [
        point(0.52, 0.1), point(0.3, 0.02), point(0.08, 0.22), point(0, 0.55), point(0.12, 0.9), point(0.36, 1),
        point(0.58, 0.82), point(0.65, 0.48), point(0.56, 0.18), point(0.36, 0.06), point(0.22, 0.12),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    // Round.
    DigitStyle(
      1.5,
      [
        point(0.45, 0), point(0.13, 0.15), point(0, 0.5), point(0.14, 0.86), point(0.47, 1), point(0.8, 0.85),
        point(0.93, 0.5), point(0.8, 0.13), point(0.5, 0.0), point(0.38, 0.03),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Not quite closed.
    DigitStyle(
      1,
      [
        point(0.3, 0.03), point(0.09, 0.22), point(0, 0.55), point(0.12, 0.88), point(0.35, 1), point(0.58, 0.82),
        point(0.66, 0.5), point(0.58, 0.18), point(0.42, 0.04),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
  ]

  private static let one = [
    DigitStyle(8, [point(0.1, 0), point(0.1, 0.33), point(0.1, 0.67), point(0.1, 1)], [[0, 1, 2, 3]]),
    // With a flag.
    DigitStyle(
      1, [point(0, 0.22), point(0.14, 0.12), point(0.26, 0), point(0.26, 0.5), point(0.26, 1)],
      [[0, 1, 2], [2, 3, 4]]),
    // With flag and foot.
    DigitStyle(
      0.6,
      [
        point(0.05, 0.2), point(0.18, 0.12), point(0.3, 0), point(0.3, 0.5), point(0.3, 1), point(0, 1.0),
        point(0.6, 0.99),
      ], [[0, 1, 2], [2, 3, 4], [5, 4, 6]]),
    // With a foot.
    DigitStyle(
      0.3, [point(0.3, 0), point(0.3, 0.5), point(0.3, 1), point(0.05, 1.0), point(0.55, 0.99)],
      [[0, 1, 2], [3, 2, 4]]),
  ]

  private static let two = [
    // Arc, diagonal, straight foot.
    DigitStyle(
      2,
      [
        point(0.02, 0.24), point(0.14, 0.05), point(0.38, 0), point(0.58, 0.13), point(0.58, 0.36), point(0.38, 0.65),
        point(0.02, 0.98), point(0.35, 0.97), point(0.72, 0.96),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]]),
    // Loop at the lower left, wavy foot.
    DigitStyle(
      2.5,
      [
        point(0.06, 0.18), point(0.24, 0.03), point(0.48, 0.04), point(0.58, 0.22), point(0.5, 0.5), point(0.3, 0.82),
        point(0.12, 0.97), point(0.0, 0.9), point(0.08, 0.78), point(0.27, 0.82), point(0.5, 0.95), point(0.66, 0.98),
        point(0.84, 0.88),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
    // Curved into the foot without a corner.
    DigitStyle(
      1,
      [
        point(0.02, 0.2), point(0.2, 0.02), point(0.48, 0.02), point(0.6, 0.2), point(0.46, 0.5), point(0.16, 0.82),
        point(0.06, 0.95), point(0.22, 0.95), point(0.48, 0.95), point(0.78, 0.98),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Foot slanting down, broad.
    DigitStyle(
      1,
      [
        point(0.1, 0.12), point(0.32, 0.0), point(0.55, 0.06), point(0.58, 0.28), point(0.36, 0.58), point(0.0, 0.85),
        point(0.3, 0.82), point(0.62, 0.92), point(0.95, 1.0),
      ], [[0, 1, 2, 3, 4, 5], [5, 6, 7, 8]]),
    // Like an a: the foot rises.
    DigitStyle(
      1.5,
      [
        point(0.08, 0.2), point(0.3, 0), point(0.55, 0.1), point(0.56, 0.4), point(0.4, 0.75), point(0.15, 1),
        point(0, 0.9), point(0.1, 0.72), point(0.35, 0.8), point(0.65, 0.85), point(0.95, 0.7),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    // Like a Z.
    DigitStyle(
      0.7,
      [
        point(0.05, 0.08), point(0.3, 0.03), point(0.6, 0.05), point(0.34, 0.5), point(0.05, 0.94), point(0.38, 0.94),
        point(0.75, 0.95),
      ], [[0, 1, 2], [2, 3, 4], [4, 5, 6]]),
    // Hardly an arc.
    DigitStyle(
      0.7,
      [
        point(0.22, 0.12), point(0.38, 0), point(0.5, 0.1), point(0.34, 0.5), point(0.05, 0.95), point(0.4, 0.93),
        point(0.8, 0.95),
      ], [[0, 1, 2, 3, 4], [4, 5, 6]]),
    // The arc begins with a hook.
    DigitStyle(
      1.2,
      [
        point(0.2, 0.28), point(0.08, 0.2), point(0.16, 0.05), point(0.4, 0), point(0.58, 0.14), point(0.54, 0.4),
        point(0.3, 0.72), point(0.02, 0.97), point(0.35, 0.96), point(0.75, 0.94),
      ], [[0, 1, 2, 3, 4, 5, 6, 7], [7, 8, 9]]),
  ]

  private static let three = [
    // Two bowls that meet in a cusp.
    DigitStyle(
      3,
      [
        point(0.03, 0.12), point(0.25, 0), point(0.5, 0.06), point(0.53, 0.27), point(0.38, 0.43), point(0.2, 0.48),
        point(0.45, 0.53), point(0.6, 0.7), point(0.53, 0.92), point(0.27, 1), point(0, 0.9),
      ], [[0, 1, 2, 3, 4, 5], [5, 6, 7, 8, 9, 10]]),
    // A small loop between the bowls.
    DigitStyle(
      1.2,
      [
        point(0.04, 0.1), point(0.28, 0), point(0.52, 0.1), point(0.48, 0.32), point(0.28, 0.47), point(0.16, 0.5),
        point(0.22, 0.43), point(0.45, 0.5), point(0.62, 0.7), point(0.5, 0.95), point(0.22, 1), point(0, 0.88),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]),
    // Flat top.
    DigitStyle(
      1,
      [
        point(0.03, 0.03), point(0.3, 0.02), point(0.58, 0.0), point(0.42, 0.2), point(0.24, 0.4), point(0.5, 0.48),
        point(0.63, 0.7), point(0.5, 0.93), point(0.25, 1), point(0, 0.92),
      ], [[0, 1, 2], [2, 3, 4], [4, 5, 6, 7, 8, 9]]),
    // Hardly indented.
    DigitStyle(
      1,
      [
        point(0.06, 0.08), point(0.35, 0.0), point(0.58, 0.14), point(0.54, 0.36), point(0.36, 0.47), point(0.55, 0.58),
        point(0.58, 0.82), point(0.38, 0.98), point(0.02, 0.97),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // Both ends hooked.
    DigitStyle(
      1.2,
      [
        point(0.12, 0.24), point(0.08, 0.1), point(0.3, 0), point(0.52, 0.1), point(0.48, 0.32), point(0.24, 0.46),
        point(0.5, 0.54), point(0.6, 0.74), point(0.48, 0.96), point(0.2, 1), point(0.02, 0.88), point(0.08, 0.76),
      ], [[0, 1, 2, 3, 4, 5], [5, 6, 7, 8, 9, 10, 11]]),
    // Wide.
    DigitStyle(
      0.8,
      [
        point(0, 0.12), point(0.35, 0), point(0.72, 0.08), point(0.66, 0.3), point(0.36, 0.46), point(0.72, 0.54),
        point(0.82, 0.76), point(0.52, 0.98), point(0.06, 0.95),
      ], [[0, 1, 2, 3, 4], [4, 5, 6, 7, 8]]),
  ]

  private static let four = [
    // Open: a corner, and a stem beside it.
    DigitStyle(
      3,
      [
        point(0.1, 0.03), point(0.04, 0.3), point(0.02, 0.52), point(0.3, 0.55), point(0.62, 0.5), point(0.55, 0),
        point(0.53, 0.5), point(0.5, 1),
      ], [[0, 1, 2], [2, 3, 4], [5, 6, 7]]),
    // Open and round, like a u with a long stem.
    DigitStyle(
      2,
      [
        point(0.06, 0.05), point(0.0, 0.28), point(0.08, 0.47), point(0.3, 0.5), point(0.5, 0.38), point(0.6, 0.03),
        point(0.54, 0.5), point(0.48, 1),
      ], [[0, 1, 2, 3, 4], [5, 4, 6, 7]]),
    // Closed: a slope, a bar and a stem from the top.
    DigitStyle(
      1.2,
      [
        point(0.5, 0), point(0.25, 0.33), point(0, 0.64), point(0.35, 0.64), point(0.75, 0.62), point(0.5, 0.5),
        point(0.5, 1),
      ], [[0, 1, 2], [2, 3, 4], [0, 5, 6]]),
    // A bar that reaches far beyond the stem.
    DigitStyle(
      1,
      [
        point(0.16, 0.02), point(0.08, 0.27), point(0, 0.5), point(0.4, 0.5), point(0.85, 0.45), point(0.5, 0.18),
        point(0.46, 0.6), point(0.42, 1),
      ], [[0, 1, 2], [2, 3, 4], [5, 6, 7]]),
    // In one go: the bar turns up into the stem's top.
    DigitStyle(
      1,
      [
        point(0.12, 0), point(0.02, 0.35), point(0.12, 0.5), point(0.38, 0.45), point(0.56, 0.22), point(0.58, 0.06),
        point(0.55, 0.45), point(0.5, 1),
      ], [[0, 1, 2, 3, 4, 5], [5, 6, 7]]),
  ]

  private static let five = [
    // Stem, bowl, and the bar on top.
    DigitStyle(
      3,
      [
        point(0.14, 0.03), point(0.1, 0.22), point(0.07, 0.42), point(0.3, 0.38), point(0.54, 0.52), point(0.55, 0.8),
        point(0.3, 1), point(0, 0.92), point(0.38, 0.02), point(0.68, 0),
      ], [[0, 1, 2], [2, 3, 4, 5, 6, 7], [0, 8, 9]]),
    // In one go, round like an S.
    DigitStyle(
      1.5,
      [
        point(0.66, 0.02), point(0.4, 0.03), point(0.2, 0.08), point(0.14, 0.28), point(0.3, 0.42), point(0.5, 0.58),
        point(0.52, 0.82), point(0.28, 0.99), point(0, 0.93),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // The bar high on the right, detached.
    DigitStyle(
      1,
      [
        point(0.2, 0.12), point(0.15, 0.3), point(0.12, 0.46), point(0.34, 0.44), point(0.5, 0.6), point(0.45, 0.88),
        point(0.22, 1), point(0, 0.88), point(0.3, 0.1), point(0.6, 0.05), point(0.9, 0.0),
      ], [[0, 1, 2], [2, 3, 4, 5, 6, 7], [8, 9, 10]]),
    // Slanted back with a small bowl.
    DigitStyle(
      1,
      [
        point(0.75, 0.0), point(0.48, 0.03), point(0.28, 0.05), point(0.2, 0.24), point(0.14, 0.44), point(0.38, 0.48),
        point(0.48, 0.68), point(0.36, 0.92), point(0.14, 0.99), point(0, 0.86),
      ], [[0, 1, 2], [2, 3, 4], [4, 5, 6, 7, 8, 9]]),
    // A large bowl that curls in.
    DigitStyle(
      1.5,
      [
        point(0.1, 0), point(0.06, 0.2), point(0.04, 0.38), point(0.28, 0.3), point(0.55, 0.42), point(0.62, 0.7),
        point(0.42, 0.97), point(0.15, 0.98), point(0.02, 0.82), point(0.35, 0), point(0.62, 0.02),
      ], [[0, 1, 2], [2, 3, 4, 5, 6, 7, 8], [0, 9, 10]]),
    // A short bar that rises.
    DigitStyle(
      0.8,
      [
        point(0.12, 0.1), point(0.1, 0.26), point(0.1, 0.42), point(0.32, 0.42), point(0.46, 0.6), point(0.42, 0.86),
        point(0.22, 1), point(0, 0.94), point(0.32, 0.06), point(0.56, 0),
      ], [[0, 1, 2, 3, 4, 5, 6, 7], [0, 8, 9]]),
  ]

  private static let six = [
    // A long arc that closes into a loop.
    DigitStyle(
      3,
      [
        point(0.48, 0), point(0.22, 0.24), point(0.04, 0.56), point(0.06, 0.86), point(0.28, 1), point(0.52, 0.88),
        point(0.54, 0.65), point(0.34, 0.54), point(0.12, 0.68), point(0.07, 0.8),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // A straight stem.
    DigitStyle(
      1.5,
      [
        point(0.22, 0), point(0.1, 0.3), point(0.02, 0.62), point(0.06, 0.9), point(0.26, 1), point(0.45, 0.86),
        point(0.44, 0.64), point(0.26, 0.56), point(0.06, 0.72),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // Flat and wide with a small loop.
    DigitStyle(
      1,
      [
        point(0.55, 0.05), point(0.25, 0.2), point(0.03, 0.55), point(0.1, 0.88), point(0.4, 1), point(0.72, 0.92),
        point(0.78, 0.74), point(0.55, 0.64), point(0.3, 0.74), point(0.18, 0.92),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // The loop is not closed.
    DigitStyle(
      1,
      [
        point(0.42, 0), point(0.16, 0.28), point(0.02, 0.62), point(0.1, 0.93), point(0.33, 0.99), point(0.5, 0.82),
        point(0.42, 0.63), point(0.22, 0.66),
      ], [[0, 1, 2, 3, 4, 5, 6, 7]]),
    // A large loop.
    DigitStyle(
      1.5,
      [
        point(0.3, 0), point(0.1, 0.25), point(0, 0.6), point(0.08, 0.9), point(0.33, 1), point(0.6, 0.85),
        point(0.62, 0.58), point(0.42, 0.42), point(0.18, 0.52), point(0.06, 0.72),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Begun with a curve.
    DigitStyle(
      1,
      [
        point(0.56, 0.12), point(0.42, 0), point(0.2, 0.15), point(0.04, 0.5), point(0.08, 0.88), point(0.3, 1),
        point(0.52, 0.85), point(0.5, 0.62), point(0.3, 0.54), point(0.1, 0.68),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // The loop curls into itself.
    DigitStyle(
      0.8,
      [
        point(0.46, 0), point(0.2, 0.24), point(0.03, 0.56), point(0.08, 0.88), point(0.3, 1), point(0.52, 0.86),
        point(0.52, 0.66), point(0.36, 0.56), point(0.2, 0.66), point(0.24, 0.8),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
  ]

  private static let seven = [
    // A bar and a straight slope.
    DigitStyle(
      3,
      [point(0, 0.06), point(0.3, 0.05), point(0.62, 0.02), point(0.45, 0.5), point(0.26, 1)], [[0, 1, 2], [2, 3, 4]]),
    // A bar and a curved slope.
    DigitStyle(
      2,
      [
        point(0, 0.1), point(0.3, 0.08), point(0.6, 0.02), point(0.48, 0.28), point(0.34, 0.55), point(0.28, 1),
      ], [[0, 1, 2], [2, 3, 4, 5]]),
    // Round, without a corner.
    DigitStyle(
      1.2,
      [
        point(0, 0.14), point(0.22, 0.06), point(0.5, 0.03), point(0.62, 0.14), point(0.5, 0.45), point(0.32, 1),
      ], [[0, 1, 2, 3, 4, 5]]),
    // With a hook at the left of the bar.
    DigitStyle(
      1.2,
      [
        point(0, 0.25), point(0.02, 0.06), point(0.32, 0.06), point(0.64, 0.02), point(0.46, 0.45), point(0.28, 1),
      ], [[0, 1], [1, 2, 3], [3, 4, 5]]),
    // Crossed.
    DigitStyle(
      1,
      [
        point(0, 0.06), point(0.32, 0.05), point(0.64, 0.02), point(0.46, 0.5), point(0.26, 1), point(0.16, 0.52),
        point(0.66, 0.48),
      ], [[0, 1, 2], [2, 3, 4], [5, 3, 6]]),
    // Hooked and crossed.
    DigitStyle(
      1,
      [
        point(0, 0.2), point(0.02, 0.05), point(0.3, 0.06), point(0.62, 0.02), point(0.45, 0.48), point(0.3, 1),
        point(0.14, 0.52), point(0.7, 0.47),
      ], [[0, 1], [1, 2, 3], [3, 4, 5], [6, 4, 7]]),
    // A wavy bar.
    DigitStyle(
      1,
      [
        point(0, 0.2), point(0.1, 0.05), point(0.3, 0.1), point(0.48, 0.1), point(0.64, 0), point(0.42, 0.45),
        point(0.3, 1),
      ], [[0, 1, 2, 3, 4], [4, 5, 6]]),
    // An arch.
    DigitStyle(
      0.8,
      [
        point(0, 0.3), point(0.06, 0.08), point(0.3, 0), point(0.52, 0.08), point(0.55, 0.35), point(0.45, 0.7),
        point(0.38, 1),
      ], [[0, 1, 2, 3, 4, 5, 6]]),
    // Curved and crossed low.
    DigitStyle(
      0.7,
      [
        point(0, 0.1), point(0.28, 0.06), point(0.56, 0.02), point(0.5, 0.3), point(0.38, 0.58), point(0.3, 1),
        point(0.12, 0.6), point(0.64, 0.55),
      ], [[0, 1, 2], [2, 3, 4, 5], [6, 4, 7]]),
  ]

  private static let eight = [
    // One stroke from the upper right.
    DigitStyle(
      3,
      [
        point(0.52, 0.12), point(0.32, 0), point(0.1, 0.1), point(0.12, 0.32), point(0.32, 0.5), point(0.5, 0.7),
        point(0.44, 0.94), point(0.2, 1), point(0.03, 0.84), point(0.14, 0.62), point(0.36, 0.44), point(0.52, 0.26),
        point(0.53, 0.1),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
    // Two rings.
    DigitStyle(
      1.2,
      [
        point(0.3, 0.46), point(0.1, 0.36), point(0.1, 0.1), point(0.3, 0), point(0.5, 0.1), point(0.5, 0.36),
        point(0.3, 0.47), point(0.3, 0.47), point(0.04, 0.62), point(0.06, 0.9), point(0.3, 1), point(0.56, 0.88),
        point(0.54, 0.62), point(0.31, 0.47),
      ], [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12, 13]]),
    // Narrow lower ring, the end left open at the top.
    DigitStyle(
      1.2,
      [
        point(0.6, 0.06), point(0.38, 0.02), point(0.16, 0.12), point(0.16, 0.3), point(0.34, 0.5), point(0.44, 0.74),
        point(0.3, 0.98), point(0.1, 0.94), point(0.08, 0.74), point(0.28, 0.5), point(0.5, 0.28), point(0.66, 0.14),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]),
    // Hardly a lower ring.
    DigitStyle(
      0.8,
      [
        point(0.5, 0.14), point(0.3, 0.01), point(0.06, 0.12), point(0.12, 0.36), point(0.34, 0.54), point(0.4, 0.82),
        point(0.26, 1), point(0.16, 0.86), point(0.26, 0.58), point(0.46, 0.34), point(0.54, 0.14),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    // An S closed by a straight line.
    DigitStyle(
      1,
      [
        point(0.55, 0.1), point(0.3, 0), point(0.1, 0.12), point(0.15, 0.35), point(0.4, 0.56), point(0.5, 0.8),
        point(0.3, 1), point(0.08, 0.88), point(0.3, 0.5),
      ], [[0, 1, 2, 3, 4, 5, 6, 7], [7, 8, 0]]),
    // Begun in the middle.
    DigitStyle(
      0.8,
      [
        point(0.34, 0.48), point(0.12, 0.34), point(0.14, 0.08), point(0.36, 0), point(0.56, 0.12), point(0.5, 0.36),
        point(0.3, 0.5), point(0.08, 0.68), point(0.1, 0.92), point(0.32, 1), point(0.52, 0.88), point(0.5, 0.66),
        point(0.34, 0.48),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
  ]

  private static let nine = [
    // A ring and a stem.
    DigitStyle(
      3,
      [
        point(0.53, 0.12), point(0.3, 0), point(0.05, 0.12), point(0.02, 0.36), point(0.22, 0.48), point(0.45, 0.36),
        point(0.55, 0.1), point(0.52, 0.5), point(0.46, 1),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]]),
    // The stem leans back, straight.
    DigitStyle(
      1.5,
      [
        point(0.56, 0.08), point(0.34, 0), point(0.1, 0.16), point(0.04, 0.38), point(0.22, 0.46), point(0.44, 0.32),
        point(0.58, 0.06), point(0.44, 0.5), point(0.26, 1),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]]),
    // A tail that curls to the left.
    DigitStyle(
      1,
      [
        point(0.52, 0.16), point(0.32, 0), point(0.06, 0.12), point(0.06, 0.38), point(0.3, 0.46), point(0.5, 0.3),
        point(0.54, 0.14), point(0.56, 0.5), point(0.46, 0.88), point(0.24, 1), point(0.04, 0.92),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8, 9, 10]]),
    // Round throughout, the ring closed on the way.
    DigitStyle(
      1.5,
      [
        point(0.5, 0.22), point(0.4, 0.03), point(0.14, 0.04), point(0, 0.24), point(0.12, 0.44), point(0.36, 0.42),
        point(0.5, 0.22), point(0.52, 0.5), point(0.44, 0.8), point(0.38, 1),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // A large ring.
    DigitStyle(
      1.2,
      [
        point(0.52, 0.15), point(0.28, 0), point(0.02, 0.2), point(0.04, 0.5), point(0.26, 0.6), point(0.5, 0.42),
        point(0.55, 0.13), point(0.52, 0.55), point(0.47, 1),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]]),
    // An open ring.
    DigitStyle(
      0.8,
      [
        point(0.46, 0.06), point(0.18, 0.04), point(0, 0.24), point(0.14, 0.46), point(0.4, 0.38), point(0.56, 0.1),
        point(0.52, 0.5), point(0.45, 1),
      ], [[0, 1, 2, 3, 4, 5], [5, 6, 7]]),
    // A six upside down.
    DigitStyle(
      1,
      [
        point(0.5, 0.2), point(0.32, 0), point(0.08, 0.1), point(0.08, 0.36), point(0.32, 0.42), point(0.52, 0.22),
        point(0.54, 0.45), point(0.42, 0.78), point(0.12, 1),
      ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // A small ring on a long stem.
    DigitStyle(
      0.8,
      [
        point(0.42, 0.1), point(0.26, 0), point(0.06, 0.08), point(0.04, 0.26), point(0.2, 0.34), point(0.38, 0.24),
        point(0.44, 0.08), point(0.42, 0.5), point(0.38, 1),
      ], [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]]),
  ]
}
