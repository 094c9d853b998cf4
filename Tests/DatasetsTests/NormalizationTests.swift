import Datasets
import Tensors
import Testing

@Suite("Normalization") struct NormalizationTests {
  private func inputs(_ normalization: Normalization, _ dataset: ImageDataset) -> [[Float]] {
    (0..<dataset.count).map { sample in
      let output = Storage<Float>(count: dataset.shape.count)
      normalization.apply(to: dataset.image(sample), output: output.mutableView, kernels: Samples.kernels)
      return output.array()
    }
  }

  @Test("by scale divides by 255") func scale() throws {
    let dataset = try Samples.dataset(count: 50, channels: 3)
    let samples = Storage<Int32>([0, 1])
    let values = inputs(Normalization(.scale, dataset: dataset, samples: samples), dataset).joined()
    let expected = dataset.images.array().map { Float($0) / 255 }
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test("to standard form gives the chosen samples mean 0 and deviation 1, channel by channel") func standard() throws {
    let channels = 2
    let dataset = try Samples.dataset(count: 50, channels: channels)
    let chosen: [Int32] = [3, 8, 9, 20, 41]
    let normalization = Normalization(.standard, dataset: dataset, samples: Storage(chosen))
    let images = inputs(normalization, dataset)
    for channel in 0..<channels {
      let values = chosen.flatMap { sample in
        stride(from: channel, to: dataset.shape.count, by: channels).map { Double(images[Int(sample)][$0]) }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(mean) < 1e-6)
      #expect(abs(variance - 1) < 1e-6)
    }
  }

  @Test("leaves a channel that never changes at 0") func constant() throws {
    let dataset = try ImageDataset(
      name: "flat", split: .train, shape: [2, 2, 1], classes: 1, images: Storage([UInt8](repeating: 9, count: 8)),
      labels: Storage([0, 0]))
    let normalization = Normalization(.standard, dataset: dataset, samples: Storage<Int32>([0, 1]))
    #expect(inputs(normalization, dataset).joined().allSatisfy { $0 == 0 })
  }
}
