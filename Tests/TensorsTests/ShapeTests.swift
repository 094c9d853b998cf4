import Tensors
import Testing

/// A shape is valid by construction.
struct ShapeTests {
  @Test func countsItsElements() {
    let shape: Shape = [28, 28, 3]
    #expect(shape.count == 2352)
    #expect(shape.rank == 3)
    #expect(shape[2] == 3)
    #expect(shape.description == "28 × 28 × 3")
  }

  @Test func scalar() {
    let scalar = Shape([])
    #expect(scalar.count == 1)
    #expect(scalar.rank == 0)
    #expect(scalar.description == "scalar")
  }

  @Test(arguments: [
    [0], [-1], [3, 0, 3], [-2, -2], [Int(Int32.max) + 1], [1 << 16, 1 << 15], [Int.max, 2], [Int.max, Int.max],
    [1 << 32, 1 << 32], [Int.min],
  ])
  func refusesWhatIsNone(dimensions: [Int]) {
    #expect(Shape(validating: dimensions) == nil)
  }

  @Test(arguments: [[1], [Int(Int32.max)], [1 << 15, 1 << 15], [1, 1, 1, 1, 1]])
  func takesWhatFits(dimensions: [Int]) {
    #expect(Shape(validating: dimensions)?.dimensions == dimensions)
  }

  @Test func equality() {
    #expect(Shape([2, 3]) == [2, 3])
    #expect(Shape([2, 3]) != [3, 2])
    #expect(Set([Shape([2, 3]), [2, 3], [6]]).count == 2)
  }
}
