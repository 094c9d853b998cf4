/// What the kernels in bfloat16 do, in plain arithmetic: the twin of `ls_bfloat16_kernels`.
public enum NaiveBFloat16 {
  /// The nearest bfloat16 number, of two the even one; a zero for a denormal number.
  public static func rounded(_ value: Float) -> Float {
    if value.isNaN { return value }
    // A carry out of the significand goes into the exponent, and out of the largest number to infinity, as it should.
    let half: UInt32 = 0x7FFF + (value.bitPattern >> 16 & 1)
    return value.isSubnormal ? zero(value) : Float(bitPattern: (value.bitPattern + half) & 0xFFFF_0000)
  }

  /// The sum of products of rounded numbers in the order of every kernel: pair by pair, and in a pair the second product
  /// first.
  public static func dot(_ pairs: [(first: (Float, Float), second: (Float, Float))]) -> Float {
    pairs.reduce(0) { add(product: $1.first, to: add(product: $1.second, to: $0)) }
  }

  /// Rounded once; a zero for a denormal number.
  private static func add(product: (Float, Float), to sum: Float) -> Float {
    let result = sum.addingProduct(rounded(product.0), rounded(product.1))
    return result.isSubnormal ? zero(result) : result
  }

  /// The zero with a number's sign.
  private static func zero(_ value: Float) -> Float { value.sign == .minus ? -0.0 : 0 }
}
