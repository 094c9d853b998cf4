import Tensors
import Testing

/// What the tests of kernels share: every instruction set that this processor runs, repeatable numbers, and the error that a sum
/// may have.
enum KernelTesting {
  /// The instruction sets to test.
  static let instructionSets = InstructionSet.allCases.filter { Kernels($0) != nil }

  /// The kernels for bfloat16, where this processor has them.
  static let bfloat16 = Kernels(.avx512)?.bfloat16

  /// Numbers in [-1, 1), the same for the same lane.
  static func numbers(_ count: Int, lane: Int) -> [Float] {
    var stream = RandomStream(seed: 11, purpose: .test, lane: lane)
    return (0..<count).map { _ in stream.uniform(in: -1..<1) }
  }

  /// Expects computed sums to be as near the exact ones as floating point allows.
  ///
  /// A sum of n products, each rounded once or twice with a relative error of at most u = 2⁻²⁴, errs by less than 2 (n + 1) u Σ|products|
  /// in any order (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1) as long as n u is small.
  ///
  /// - Parameters:
  ///   - terms: n, the most products that one element adds.
  ///   - magnitude: Σ|products| for each element: the same equation on absolute values.
  static func expectSums(
    _ computed: [Float], terms: Int, _ what: @autoclosure () -> String, exact: [Float], magnitude: [Float],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard computed.count == exact.count else {
      Issue.record("\(what()): \(computed.count) elements, not \(exact.count)", sourceLocation: sourceLocation)
      return
    }
    for (index, value) in computed.enumerated() {
      let allowed = 2 * Float(terms + 1) * 0x1p-24 * magnitude[index]
      // A comparison with NaN is false, so NaN fails.
      if abs(value - exact[index]) <= allowed { continue }
      Issue.record(
        "\(what()): element \(index) is \(value), not \(exact[index]) ± \(allowed)", sourceLocation: sourceLocation)
      return
    }
  }
}

/// Floats beside margins of a marker, 4-byte aligned and no better.
///
/// A kernel that writes outside its output is caught, and one that reads its output or scratch memory before writing it finds NaN.
/// An input ends where its memory ends, so that the address sanitizer sees what is read beyond.
struct GuardedFloats {
  private static let margin = 67
  private static let marker = Float(bitPattern: 0x7fc0_1234)
  private let storage: Storage<Float>
  let count: Int

  /// An output or scratch memory, with a margin at both ends.
  init(count: Int) { self.init(count: count, marginBehind: Self.margin) }

  /// An input, with a margin before it.
  init(_ values: [Float]) {
    self.init(count: values.count, marginBehind: 0)
    mutableView.copy(from: values)
  }

  private init(count: Int, marginBehind: Int) {
    self.count = count
    storage = Storage(count: Self.margin + count + marginBehind)
    storage.mutableView.fill(with: Self.marker)
  }

  /// The values; whoever uses the view keeps this alive.
  var mutableView: MutableView<Float> { storage.mutableView[Self.margin..<Self.margin + count] }
  var view: View<Float> { mutableView.readOnly }
  var values: [Float] { withExtendedLifetime(storage) { view.array() } }

  var marginsAreIntact: Bool {
    withExtendedLifetime(storage) {
      let all = storage.view.array()
      let margins = all.prefix(Self.margin) + all.dropFirst(Self.margin + count)
      return margins.allSatisfy { $0.bitPattern == Self.marker.bitPattern }
    }
  }
}

extension Array where Element == Float {
  /// The bits, for comparisons that see every difference.
  var bits: [UInt32] { map(\.bitPattern) }
  /// The absolute values.
  var magnitudes: [Float] { map(abs) }
}
