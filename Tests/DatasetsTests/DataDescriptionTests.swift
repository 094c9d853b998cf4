import Datasets
import Testing

@Suite("Data description") struct DataDescriptionTests {
  @Test("of a file gives dimensions, histogram, mean and deviation") func file() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("labels", IDXBytes.make([6], payload: [3, 3, 0, 9, 3, 0]))
    guard case .file(let description) = try DataDescription(path: path) else {
      Issue.record("a file is no data set")
      return
    }
    #expect(description.dimensions == [6])
    #expect(description.histogram.count == 256)
    #expect(description.histogram[0] == 2 && description.histogram[3] == 3 && description.histogram[9] == 1)
    #expect(description.mean == 3)
    // (0 + 0 + 0 + 36 + 9 + 9) / 6 = 9.
    #expect(description.deviation == 3)
  }

  @Test("of a directory gives each part that is there") func directory() throws {
    let directory = try TemporaryDirectory()
    let dataset = try Samples.dataset(count: 12, channels: 2)
    _ = try dataset.writeIDX(directory: directory.path, compressed: true)
    guard case .dataset(let parts) = try DataDescription(path: directory.path) else {
      Issue.record("a directory is a data set")
      return
    }
    try #require(parts.count == 1)
    #expect(parts[0].split == .train && parts[0].count == 12 && parts[0].shape == [3, 2, 2])
    #expect(parts[0].histogram == [3, 3, 2, 2, 2])
    // The number of classes is the reader's to say, not the data's.
    #expect(parts[0].fingerprint == dataset.fingerprint)
    let bytes = dataset.images.array()
    for channel in 0..<2 {
      let values = stride(from: channel, to: bytes.count, by: 2).map { Double(bytes[$0]) }
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(abs(parts[0].statistics.mean[channel] - mean) < 1e-9)
    }
  }

  @Test("of an empty directory says what was looked for") func empty() throws {
    let directory = try TemporaryDirectory()
    let error = #expect(throws: DatasetError.self) { try DataDescription(path: directory.path) }
    #expect(
      error?.description.hasPrefix("data set 'mnist' is missing: no train-images-idx3-ubyte or") == true)
  }

  @Test("of nothing names the path") func missing() throws {
    let error = #expect(throws: DatasetError.self) { try DataDescription(path: "/nowhere/file") }
    #expect(error?.description == "/nowhere/file: cannot be read: No such file or directory")
  }
}
