import Tensors

/// How one writer distorts every point of a digit: a smooth warp, then stretch, slant and turn.
struct Handwriting {
  /// Coefficients of the warp's monomials u², uv, v², u³, v³, for x and y.
  private let warp: (SIMD2<Float>, SIMD2<Float>, SIMD2<Float>, SIMD2<Float>, SIMD2<Float>)
  /// Columns of the linear part.
  private let columnX: SIMD2<Float>
  private let columnY: SIMD2<Float>
  /// Standard deviation of a control point's own movement, in digit heights.
  let tremor: Float

  /// Draws a hand.
  init(_ random: inout RandomStream) {
    func pair(_ x: Float, _ y: Float, _ random: inout RandomStream) -> SIMD2<Float> {
      SIMD2(x * random.bell(), y * random.bell())
    }
    warp = (
      pair(0.2, 0.25, &random), pair(0.4, 0.2, &random), pair(0.2, 0.22, &random), pair(0.4, 0.2, &random),
      pair(0.3, 0.25, &random)
    )
    let width = max(0.55, 1.08 + 0.23 * random.bell())
    let slant = 0.14 + 0.24 * random.bell()
    let turns = Double(0.018 * random.bell())
    let sine = Float(PortableMath.sinTurn(turns))
    let cosine = Float(PortableMath.cosTurn(turns))
    // Rotation · shear · stretch. Slant leans the top to the right, where y is negative.
    columnX = SIMD2(cosine, sine) * width
    columnY = SIMD2(cosine * -slant - sine, sine * -slant + cosine)
    tremor = 0.012 + 0.022 * random.uniform()
  }

  /// Where a point goes; the digit's middle is near the origin.
  func place(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let u = point.x
    let v = point.y
    var warped = point
    warped += warp.0 * (u * u)
    warped += warp.1 * (u * v)
    warped += warp.2 * (v * v)
    warped += warp.3 * (u * u * u)
    warped += warp.4 * (v * v * v)
    return columnX * warped.x + columnY * warped.y
  }
}
