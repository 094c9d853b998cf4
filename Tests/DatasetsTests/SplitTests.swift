import Datasets
import Testing

@Suite("Held-out split") struct SplitTests {
  @Test("names every sample once, in ascending order", arguments: [0, 0.001, 0.1, 0.5, 0.999])
  func partition(fraction: Double) throws {
    let split = try #require(Split(count: 1000, validation: fraction, seed: 3))
    let training = split.training.array()
    let validation = split.validation.array()
    #expect(validation.count == Int(fraction * 1000))
    #expect((training + validation).sorted() == Array(0..<1000))
    #expect(training == training.sorted() && validation == validation.sorted())
  }

  @Test("is a function of the seed") func seed() throws {
    let first = try #require(Split(count: 1000, validation: 0.2, seed: 3)).validation.array()
    #expect(try #require(Split(count: 1000, validation: 0.2, seed: 3)).validation.array() == first)
    #expect(try #require(Split(count: 1000, validation: 0.2, seed: 4)).validation.array() != first)
  }

  /// Generator: Goldens/sampling.py.
  @Test("is what its definition says") func golden() throws {
    #expect(try #require(Split(count: 20, validation: 0.25, seed: 1)).validation.array() == [2, 3, 7, 10, 19])
  }

  @Test("never holds out nothing or everything") func extremes() throws {
    #expect(try #require(Split(count: 10, validation: 0.0001, seed: 1)).validation.count == 1)
    #expect(try #require(Split(count: 10, validation: 0.9999, seed: 1)).training.count == 1)
    #expect(Split(count: 1, validation: 0.5, seed: 1) == nil)
    #expect(try #require(Split(count: 1, validation: 0, seed: 1)).training.count == 1)
  }
}
