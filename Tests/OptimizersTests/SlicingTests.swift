import Optimizers
import Tensors
import Testing

/// The reduce phase may cut the flat vectors anywhere.
@Suite struct SlicingTests {
  private static let count = 517

  private static func vector(_ index: Int) -> [Float] {
    var random = RandomStream(seed: 11, purpose: .test, index: index)
    return (0..<count).map { _ in random.normal() }
  }

  private static let cuts: [[Int]] = [
    [1], [516], [256], [16, 32, 48], [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377],
    Array(1..<count), Array(stride(from: 7, to: count, by: 7)), Array(stride(from: 64, to: count, by: 64)),
  ]

  @Test(
    "Slices of any sizes give the bits of one go", arguments: NamedRule.all, Kernels.all.map(\.instructionSet))
  func slices(_ named: NamedRule, set: InstructionSet) throws {
    let kernels = try #require(Kernels(set))
    func run(cuts: [Int]) -> [[UInt32]] {
      let state = FlatState(named.rule, parameters: SlicingTests.vector(0))
      for step in 1...3 {
        state.update(step: step, gradient: Storage(SlicingTests.vector(step)), kernels: kernels, cuts: cuts)
      }
      return state.bits
    }
    let whole = run(cuts: [])
    for cuts in SlicingTests.cuts {
      #expect(run(cuts: cuts) == whole, "cut at \(cuts.prefix(20))")
    }
  }

  @Test("Slot views hand out the same part of every slot")
  func slotViews() {
    let storages = (0..<SlotViews.capacity).map { slot in Storage((0..<10).map { Float(100 * slot + $0) }) }
    var views = SlotViews()
    #expect(views.count == 0)
    for (index, storage) in storages.enumerated() {
      views.append(storage.mutableView)
      #expect(views.count == index + 1)
    }
    // Views do not keep their storage alive, and the optimizer ends a lifetime at the last use.
    withExtendedLifetime(storages) {
      let part = views[3..<6]
      #expect(part.count == SlotViews.capacity)
      for slot in 0..<SlotViews.capacity {
        #expect(part[slot].array() == (3..<6).map { Float(100 * slot + $0) })
      }
    }
  }
}
