import Tensors

/// Draws smooth strokes with a round pen: scratch memory for one digit at a time, used by one thread at a time.
final class DigitPen {
  /// A straight piece of a stroke, in pixels once fitted.
  private struct Segment {
    var start: SIMD2<Float>
    var end: SIMD2<Float>
    /// Pen pressure at the middle, around 1.
    var pressure: Float
  }

  /// Pieces that a curve between two control points is cut into.
  private static let piecesPerSpan = 5
  private static let side = SyntheticDigits.side

  private var points: [SIMD2<Float>] = []
  private var segments: [Segment] = []
  private var ink = [Float](repeating: 0, count: side * side)
  private var radius: Float = 1

  init() {
    points.reserveCapacity(DigitStyle.largestPointCount)
    segments.reserveCapacity(DigitStyle.largestPointCount * Self.piecesPerSpan)
  }

  /// Forgets the digit before.
  func begin() {
    segments.removeAll(keepingCapacity: true)
    for index in ink.indices { ink[index] = 0 }
  }

  /// Adds a style's strokes as one hand writes them.
  func addCurves(_ style: DigitStyle, _ hand: Handwriting, _ random: inout RandomStream) {
    points.removeAll(keepingCapacity: true)
    for point in style.points {
      let tremor = SIMD2(random.bell(), random.bell()) * hand.tremor
      points.append(hand.place(point + tremor - SIMD2(0.3, 0.5)))
    }
    for stroke in style.strokes {
      let begin = 1 + 0.15 * random.bell()
      let end = 1 + 0.15 * random.bell()
      for span in 0..<stroke.count - 1 {
        addSpan(stroke, span, pressure: (begin, end), &random)
      }
    }
  }

  /// Adds the curve between two control points: a uniform Catmull-Rom spline (Catmull and Rom 1974) with doubled end points.
  private func addSpan(
    _ stroke: [Int], _ span: Int, pressure: (begin: Float, end: Float), _ random: inout RandomStream
  ) {
    let p0 = points[stroke[max(0, span - 1)]]
    let p1 = points[stroke[span]]
    let p2 = points[stroke[span + 1]]
    let p3 = points[stroke[min(stroke.count - 1, span + 2)]]
    let linear = (p2 - p0) * 0.5
    let square = p0 - p1 * 2.5 + p2 * 2 - p3 * 0.5
    let cube = (p3 - p0) * 0.5 + (p1 - p2) * 1.5
    var start = p1
    for piece in 1...Self.piecesPerSpan {
      let t = Float(piece) / Float(Self.piecesPerSpan)
      let end = p1 + (linear + (square + cube * t) * t) * t
      let along = (Float(span) + t) / Float(stroke.count - 1)
      let unevenness = 0.92 + 0.16 * random.uniform()
      let pressure = (pressure.begin + (pressure.end - pressure.begin) * along) * unevenness
      segments.append(Segment(start: start, end: end, pressure: pressure))
      start = end
    }
  }

  /// Chooses the pen, scales the digit into 20 × 20 pixels with the pen's width counted in, and centres its mass.
  func fit(_ random: inout RandomStream) {
    radius = min(2.8, max(0.6, 1.35 + 0.42 * random.bell()))
    var low = SIMD2<Float>(repeating: .infinity)
    var high = SIMD2<Float>(repeating: -.infinity)
    var mass = SIMD2<Float>.zero
    var length: Float = 0
    for segment in segments {
      low = pointwiseMin(low, pointwiseMin(segment.start, segment.end))
      high = pointwiseMax(high, pointwiseMax(segment.start, segment.end))
      let size = Self.length(segment.end - segment.start)
      mass += (segment.start + segment.end) * (0.5 * size)
      length += size
    }
    let extent = max((high - low).max(), 0.05)
    let scale = (19.2 - 2 * radius) / extent
    let centre = mass / max(length, 1e-6)
    // Pixel centres lie at whole numbers; MNIST moved its digits by whole pixels, so their centres of mass scatter about pixel 14.
    let jitter = SIMD2(random.uniform() - 0.5, random.uniform() - 0.5) * 0.8
    let target = SIMD2<Float>(repeating: 14) + jitter
    for index in segments.indices {
      segments[index].start = (segments[index].start - centre) * scale + target
      segments[index].end = (segments[index].end - centre) * scale + target
    }
  }

  /// Lays ink along the segments and turns it into bytes.
  func render(to image: MutableView<UInt8>, _ random: inout RandomStream) {
    // An edge is 0.8 to 1.3 pixels wide.
    let sharpness = 1 / (0.8 + 0.5 * random.uniform())
    for segment in segments { lay(segment, sharpness: sharpness) }
    // Some pens write grey; noise is within the ink alone, since MNIST's background is empty.
    let gain = 255 * min(1.25, max(0.8, 1.1 + 0.08 * random.bell()))
    for index in ink.indices {
      let value = ink[index]
      guard value > 0 else {
        image[index] = 0
        continue
      }
      let grain = Float(random.next() >> 24) * (0.06 / 255)
      image[index] = UInt8(min(255, max(0, value * (1 - grain) * gain)))
    }
  }

  /// Coverage of the pixels near one segment: 1 inside the pen's width, falling to 0 across its edge.
  private func lay(_ segment: Segment, sharpness: Float) {
    let radius = radius * segment.pressure
    let reach = radius + 1
    let low = pointwiseMin(segment.start, segment.end) - reach
    let high = pointwiseMax(segment.start, segment.end) + reach
    let columns = Self.pixels(low.x, high.x)
    let rows = Self.pixels(low.y, high.y)
    guard !columns.isEmpty, !rows.isEmpty else { return }
    let direction = segment.end - segment.start
    let inverse = 1 / max((direction * direction).sum(), 1e-6)
    for row in rows {
      for column in columns {
        let offset = SIMD2(Float(column), Float(row)) - segment.start
        let along = min(1, max(0, (offset * direction).sum() * inverse))
        let distance = Self.length(offset - direction * along)
        let coverage = min(1, (radius - distance) * sharpness + 0.5)
        let index = row * Self.side + column
        if coverage > ink[index] { ink[index] = coverage }
      }
    }
  }

  /// The pixels whose centres lie between two coordinates.
  private static func pixels(_ low: Float, _ high: Float) -> Range<Int> {
    let first = max(0, Int(low.rounded(.up)))
    return first..<max(first, min(side, Int(high.rounded(.down)) + 1))
  }

  private static func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }
}
