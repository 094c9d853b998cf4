import Lockstep
import Testing

@Suite("Samples of a program's own")
struct SamplesTests {
  @Test func shapesAreWhatANetworkTakes() throws {
    #expect(try Samples([1, 2, 3, 4] as [UInt8], shape: [2], labels: [0, 1]).shape == [2])
    #expect(try Samples([1, 2, 3, 4] as [UInt8], shape: [2, 2], labels: [0]).shape == [2, 2, 1])
    #expect(try Samples([1, 2, 3, 4] as [Float], shape: [1, 2, 2], labels: [0]).shape == [1, 2, 2])
  }

  @Test func whatIsNotSaidFollowsFromTheSamples() throws {
    let samples = try Samples([1, 2, 3, 4, 5, 6] as [Float], shape: [2], labels: [0, 4, 1] as [UInt8])
    #expect(samples.count == 3 && samples.classes == 5 && samples.labels == [0, 4, 1])
    #expect(samples.elements == .numbers)
    #expect(try Samples([1, 2] as [UInt8], shape: [1], labels: [0, 1], classes: 7).classes == 7)
  }

  @Test(arguments: [
    (
      [], "a sample cannot have the shape []; expected 1 to 3 extents of at least 1 each, for example [28, 28, 1]"
    ),
    (
      [2, 0],
      "a sample cannot have the shape [2, 0]; expected 1 to 3 extents of at least 1 each, for example [28, 28, 1]"
    ),
    (
      [-1],
      "a sample cannot have the shape [-1]; expected 1 to 3 extents of at least 1 each, for example [28, 28, 1]"
    ),
    (
      [1, 1, 1, 2],
      "a sample cannot have the shape [1, 1, 1, 2]; expected 1 to 3 extents of at least 1 each, for example [28, 28, 1]"
    ),
    (
      [1 << 40, 1 << 40],
      "a sample cannot have the shape [1099511627776, 1099511627776]; expected 1 to 3 extents of at least 1 each, "
        + "for example [28, 28, 1]"
    ),
    ([4], "6 elements are no whole number of samples of 4, which take 4 each"),
    ([2, 2], "6 elements are no whole number of samples of 2 × 2, which take 4 each"),
    ([3], "there are 2 samples, but 3 labels; each sample needs one"),
  ])
  func shapesThatDoNotFit(shape: [Int], message: String) {
    #expect(problem { try Samples([1, 2, 3, 4, 5, 6] as [Float], shape: shape, labels: [0, 1, 0]) } == message)
    #expect(problem { try Samples([1, 2, 3, 4, 5, 6] as [UInt8], shape: shape, labels: [0, 1, 0]) } == message)
  }

  @Test(arguments: [
    ([0, 2], 2, "the label 2 of sample 1 is outside 0...1"),
    ([-1, 0], 2, "the label -1 of sample 0 is outside 0...1"),
    ([-1, 0], nil, "the label -1 of sample 0 is outside 0...999999"),
    ([0, Int.max], nil, "the label 9223372036854775807 of sample 1 is outside 0...999999"),
    ([0, 0], 0, "0 classes cannot be; expected 1 to 1000000"),
  ])
  func labelsThatCannotBe(labels: [Int], classes: Int?, message: String) {
    #expect(problem { try Samples([1, 2] as [UInt8], shape: [1], labels: labels, classes: classes) } == message)
  }

  @Test func hugeLabelsOfAnyTypeAreRefusedInWords() {
    #expect(
      problem { try Samples([1] as [UInt8], shape: [1], labels: [UInt64.max]) }
        == "the label 18446744073709551615 of sample 0 is outside 0...999999")
  }

  @Test(arguments: [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func numbersThatAreNotFinite(value: Float, text: String) {
    #expect(
      problem { try Samples([0, 1, 2, value], shape: [2], labels: [0, 1]) }
        == "element 1 of sample 1 is \(text); every element must be a finite number")
  }

  @Test func noSamplesAtAll() {
    #expect(
      problem { try Samples([] as [Float], shape: [2], labels: [] as [Int]) }
        == "there are no samples; at least one is needed")
  }

  @Test func testSamplesOfAnotherKind() throws {
    let bytes = try Samples([1, 2] as [UInt8], shape: [2], labels: [0])
    let numbers = try Samples([1, 2] as [Float], shape: [2], labels: [0])
    let pairs = try Samples([1, 2] as [UInt8], shape: [1], labels: [0, 1])
    #expect(
      problem { try MemorySource(training: bytes, test: numbers) }
        == "the samples to learn from are bytes in the shape 2, but those to evaluate are numbers in the shape 2")
    #expect(
      problem { try MemorySource(training: bytes, test: pairs) }
        == "the samples to learn from are bytes in the shape 2, but those to evaluate are bytes in the shape 1")
  }

  private func problem(_ body: () throws -> some Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      #expect(error is SamplesError)
      return "\(error)"
    }
  }
}
