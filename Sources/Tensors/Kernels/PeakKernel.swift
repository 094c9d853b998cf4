import CKernels

extension Kernels {
  /// Runs `rounds` rounds of multiply-adds in registers and nothing else: what this core could do at most.
  ///
  /// - Returns: the floating-point operations done; a multiply-add counts as two.
  public func peak(rounds: Int) -> Int {
    var sink: (Float, Float) = (0.5, 1)
    return withUnsafeMutableBytes(of: &sink) { bytes in
      bytes.withMemoryRebound(to: Float.self) { floats in
        guard let base = floats.baseAddress else { return 0 }
        return Int(table.pointee.peak(Int64(rounds), base))
      }
    }
  }
}
