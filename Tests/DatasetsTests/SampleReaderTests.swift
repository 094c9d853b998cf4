import Datasets
import Dispatch
import Tensors
import Testing

@Suite("Sample reader") struct SampleReaderTests {
  private let dataset: ImageDataset
  private let reader: SampleReader

  init() throws {
    dataset = try Samples.dataset(count: 103, channels: 2)
    reader = SampleReader(
      dataset, normalization: Normalization(scale: [0.5, 2], offset: [0, -1]), kernels: Samples.kernels)
  }

  private func read(_ samples: [Int32]) -> (inputs: [Float], labels: [Int32]) {
    let chosen = Storage(samples)
    let inputs = Storage<Float>(count: samples.count * reader.width)
    let labels = Storage<Int32>(count: samples.count)
    reader.read(chosen.view, inputs: inputs.mutableView, labels: labels.mutableView)
    return withExtendedLifetime(chosen) { (inputs.array(), labels.array()) }
  }

  private func expected(_ samples: [Int32]) -> [Float] {
    samples.flatMap { sample in
      dataset.image(Int(sample)).array().enumerated().map { $0 % 2 == 0 ? Float($1) * 0.5 : Float($1) * 2 - 1 }
    }
  }

  @Test(
    "writes inputs and labels in the order that was asked for",
    arguments: [[], [102], [0, 1], [7, 7, 7], [102, 0, 51, 3], (0..<103).map { Int32(102 - $0) }])
  func order(samples: [Int32]) {
    let (inputs, labels) = read(samples)
    #expect(reader.width == 12)
    #expect(inputs == expected(samples))
    #expect(labels == samples.map { $0 % 5 })
  }

  @Test("serves many threads at once")
  func threads() {
    let samples = (0..<103).map { Int32($0 * 5 % 103) }
    let right = expected(samples)
    DispatchQueue.concurrentPerform(iterations: 50) { _ in #expect(read(samples).inputs == right) }
  }

  #if compiler(>=6.2)
    @Test("does not read beyond the data set", arguments: [[Int32(103)], [-1], [0, 1, 2, 103]])
    func beyond(samples: [Int32]) async {
      await #expect(processExitsWith: .failure) { [samples] in
        let reader = try SampleReaderTests().reader
        let chosen = Storage(samples)
        let (inputs, labels) = (Storage<Float>(count: samples.count * 12), Storage<Int32>(count: samples.count))
        reader.read(chosen.view, inputs: inputs.mutableView, labels: labels.mutableView)
      }
    }
  #endif
}
