import Datasets
import Tensors
import Testing

@Suite("Synthetic digits") struct SyntheticDigitsTests {
  private func draw(_ count: Int, seed: UInt64 = 1, _ split: DatasetSplit = .train) throws -> ImageDataset {
    try SyntheticDigits(seed: seed).dataset(split, count: count)
  }

  /// Generator: this code, when the drawings were fixed. A run on digits can be repeated only as long as the number stays, so a change
  /// of it is a new data set and belongs into the change log.
  @Test("are the same bits for ever") func golden() throws {
    let digest = SHA256.hexadecimal(try draw(100).fingerprint)
    #expect(digest == "437e87697cd98fee1efc04ce2d52afcd76260a5ab3d675740eb4027869e10ad7")
  }

  @Test("do not depend on how many are drawn") func independent() throws {
    let many = try draw(600)
    let few = try draw(30)
    for sample in 0..<30 { #expect(few.image(sample).array() == many.image(sample).array()) }
  }

  @Test("differ between seeds, splits and samples") func distinct() throws {
    let sets = [try draw(50), try draw(50, seed: 2), try draw(50, .test)]
    var seen: Set<[UInt8]> = []
    for set in sets { for sample in 0..<50 { seen.insert(set.image(sample).array()) } }
    #expect(seen.count == 150)
  }

  @Test("show the ten digits in turn") func labels() throws {
    #expect(try draw(23).labels.array() == (0..<23).map { Int32($0 % 10) })
  }

  @Test("lie in the image as MNIST's do") func geometry() throws {
    let dataset = try draw(300)
    for sample in 0..<dataset.count {
      let image = dataset.image(sample).array()
      let ink = image.reduce(0) { $0 + Double($1) }
      let x = image.indices.reduce(0.0) { $0 + Double($1 % 28) * Double(image[$1]) } / ink
      let y = image.indices.reduce(0.0) { $0 + Double($1 / 28) * Double(image[$1]) } / ink
      let rows = image.indices.filter { image[$0] > 0 }.map { $0 / 28 }
      let columns = image.indices.filter { image[$0] > 0 }.map { $0 % 28 }
      let height = (rows.max() ?? 0) - (rows.min() ?? 0) + 1
      let width = (columns.max() ?? 0) - (columns.min() ?? 0) + 1
      #expect(abs(x - 14) < 2 && abs(y - 14) < 2, "sample \(sample): centre of mass \(x), \(y)")
      #expect(18...22 ~= max(width, height), "sample \(sample): \(width) × \(height)")
      #expect(2000...70_000 ~= Int(ink), "sample \(sample): ink \(ink)")
      #expect((image.max() ?? 0) > 180, "sample \(sample) is pale")
    }
  }

  @Test("can be read by their nearest neighbours") func readable() throws {
    let known = try draw(400)
    let asked = try draw(100, .test)
    let images = (0..<known.count).map { known.image($0).array().map(Int32.init) }
    var right = 0
    for sample in 0..<asked.count {
      let image = asked.image(sample).array().map(Int32.init)
      let distances = images.map { other in
        var sum: Int32 = 0
        for index in image.indices { sum &+= (image[index] - other[index]) * (image[index] - other[index]) }
        return sum
      }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      right += known.labels.view[nearest] == asked.labels.view[sample] ? 1 : 0
    }
    // One in ten by chance.
    #expect(right >= 75, "\(right) of 100")
  }

  @Test("are the digits source, by its numbers") func source() throws {
    let source = try DigitsSource(["trainSamples": 40, "testSamples": 20, "seed": 9])
    let train = try source.load(.train, context: DatasetContext())
    let test = try source.load(.test, context: DatasetContext())
    #expect(train.name == "digits" && train.shape == [28, 28, 1] && train.classes == 10)
    #expect(try train.fingerprint == draw(40, seed: 9).fingerprint)
    #expect(try test.fingerprint == draw(20, seed: 9, .test).fingerprint)
    #expect(try DigitsSource([:]).seed == DigitsSource().seed)
    #expect(try DigitsSource([:]).trainSamples == DigitsSource().trainSamples)
    #expect(try DigitsSource([:]).testSamples == DigitsSource().testSamples)
  }
}
