import Tensors
import Testing

/// The kernels that this processor runs, slowest first.
let everyKernels = InstructionSet.allCases.compactMap(Kernels.init)

/// Lengths around the widths of the registers (4, 8 and 16 floats) and of the unrolled loops.
let oddLengths = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 129, 1000]

/// Numbers that depend on `lane` alone.
func randomFloats(_ count: Int, in range: Range<Float> = -4..<4, lane: Int = 0) -> [Float] {
  var stream = RandomStream(seed: 2024, purpose: .test, lane: lane)
  return (0..<count).map { _ in stream.uniform(in: range) }
}

/// Labels below `classes` that depend on `lane` alone.
func randomLabels(_ count: Int, below classes: Int, lane: Int = 0) -> [Int32] {
  var stream = RandomStream(seed: 2025, purpose: .test, lane: lane)
  return (0..<count).map { _ in Int32(stream.integer(below: classes)) }
}

/// Records the first place where the bits differ. Any NaN equals any NaN: which one comes out is not promised.
func expectSameBits(
  _ found: [Float], _ expected: [Float], _ context: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectSame(found, expected, context(), sourceLocation) { $0.bitPattern == $1.bitPattern }
}

/// Records the first place where the numbers differ; -0 equals 0.
func expectSameNumbers(
  _ found: [Float], _ expected: [Float], _ context: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectSame(found, expected, context(), sourceLocation) { $0 == $1 }
}

private func expectSame(
  _ found: [Float], _ expected: [Float], _ context: @autoclosure () -> String, _ sourceLocation: SourceLocation,
  _ same: (Float, Float) -> Bool
) {
  #expect(found.count == expected.count, "\(context())", sourceLocation: sourceLocation)
  for (i, (a, b)) in zip(found, expected).enumerated() where !same(a, b) && !(a.isNaN && b.isNaN) {
    Issue.record("element \(i) is \(a), not \(b): \(context())", sourceLocation: sourceLocation)
    return
  }
}

/// Distance from the exact value in units of the last place of a Float of its size, or of the size `floor` where it is smaller.
func ulps(_ value: Float, from exact: Double, floor: Float = .leastNormalMagnitude) -> Double {
  abs(Double(value) - exact) / Double(max(Float(abs(exact)), floor).ulp)
}
