import Tensors
import Testing

/// Storage is aligned and zeroed; views see it, part of it, and nothing else.
///
/// Views do not keep their storage alive: each test extends its storage's lifetime to its own end.
struct StorageTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000])
  func startsZeroedAndAligned(count: Int) {
    let storage = Storage<Float>(count: count)
    withExtendedLifetime(storage) {
      #expect(storage.count == count)
      #expect(storage.view.array() == [Float](repeating: 0, count: count))
      #expect(UInt(bitPattern: storage.view.base) % 64 == 0)
    }
    let raw = Storage<UInt8>(count: count, zeroed: false)
    withExtendedLifetime(raw) { #expect(UInt(bitPattern: raw.view.base) % 64 == 0) }
  }

  @Test func copiesAnArray() {
    let (some, none) = (Storage<Int32>([1, 2, 3]), Storage<Int32>([]))
    withExtendedLifetime((some, none)) {
      #expect(some.view.array() == [1, 2, 3])
      #expect(none.view.array() == [])
    }
  }

  @Test func viewsShareTheMemory() {
    let storage = Storage<Float>([1, 2, 3, 4, 5])
    defer { withExtendedLifetime(storage) {} }
    let view = storage.view
    let middle = storage.mutableView[1..<4]
    middle[0] = 20
    middle[2] = 40
    #expect(view.array() == [1, 20, 3, 40, 5])
    #expect(view[1..<4][0..<2].array() == [20, 3])
    #expect(view[5..<5].count == 0)
    #expect(middle.readOnly.array() == [20, 3, 40])
    middle.fill(with: 7)
    #expect(view.array() == [1, 7, 7, 7, 5])
  }

  @Test func copiesBetweenViews() {
    let (storage, source) = (Storage<Float>(count: 4), Storage<Float>([1, 2]))
    defer { withExtendedLifetime((storage, source)) {} }
    storage.mutableView[0..<2].copy(from: source.view)
    storage.mutableView[2..<4].copy(from: [3, 4])
    storage.mutableView[4..<4].copy(from: [])
    #expect(storage.view.array() == [1, 2, 3, 4])
  }

  @Test func bytesAreLittleEndian() {
    let pair = Storage<Int32>([1, -2])
    let storage = Storage<Int32>(count: 1)
    defer { withExtendedLifetime((pair, storage)) {} }
    #expect(pair.view.withBytes { Array($0) } == [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF])
    storage.mutableView.withMutableBytes { bytes in bytes[1] = 1 }
    #expect(storage.view[0] == 256)
  }

  // Tests that expect the program to stop came with the testing library of Swift 6.2.
  #if compiler(>=6.2)
    @Test func wrongIndexesStopTheProgram() async {
      await #expect(processExitsWith: .failure) { _ = Storage<Float>(count: 3).view[3] }
      await #expect(processExitsWith: .failure) { _ = Storage<Float>(count: 3).view[-1] }
      await #expect(processExitsWith: .failure) { Storage<Float>(count: 3).mutableView[3] = 1 }
      await #expect(processExitsWith: .failure) { _ = Storage<Float>(count: 3).view[2..<4] }
      await #expect(processExitsWith: .failure) { _ = Storage<Float>(count: 3).mutableView[2..<4] }
      await #expect(processExitsWith: .failure) { Storage<Float>(count: 3).mutableView.copy(from: [1, 2]) }
    }
  #endif
}
