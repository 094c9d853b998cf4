import Tensors

/// Reads samples as the network sees them: inputs normalised from the data set's bytes or numbers, and labels.
///
/// The one way from a data set to inputs, for training, evaluation and prediction. Whoever computes with samples reads them, just
/// before: so they are in that core's cache, and no thread of its own has to be fed. Reading allocates nothing and locks nothing; any
/// number of threads may read at once.
public final class SampleReader: Sendable {
  /// Samples ahead of the one being written whose bytes are asked for: a sample is normalised faster than it arrives from memory.
  private static let prefetchDistance = 2

  /// Where the samples are.
  public let dataset: ImageDataset
  /// Inputs of one sample.
  public let width: Int
  private let normalization: Normalization
  private let kernels: Kernels
  // Views of what the two above own, so that reading counts no references.
  private let images: View<UInt8>
  private let numbers: View<Float>?
  private let labels: View<Int32>
  private let scale: View<Float>
  private let offset: View<Float>

  /// - Precondition: as many factors as the data set has channels.
  public init(_ dataset: ImageDataset, normalization: Normalization, kernels: Kernels) {
    precondition(normalization.scale.count == dataset.shape[2], "a scale and an offset for each channel")
    self.dataset = dataset
    self.normalization = normalization
    self.kernels = kernels
    images = dataset.images.view
    numbers = dataset.numbers?.view
    labels = dataset.labels.view
    scale = normalization.scale.view
    offset = normalization.offset.view
    width = dataset.shape.count
  }

  /// Reads some samples.
  ///
  /// - Parameters:
  ///   - samples: their indices in the data set.
  ///   - inputs: `[samples, height, width, channels]`, to be written.
  ///   - labels: `[samples]`, to be written.
  public func read(_ samples: View<Int32>, inputs: MutableView<Float>, labels: MutableView<Int32>) {
    precondition(
      inputs.count == samples.count * width && labels.count == samples.count, "no room for these samples, or too much")
    if let numbers { return read(samples, of: numbers, inputs: inputs, labels: labels) }
    for place in 0..<min(SampleReader.prefetchDistance, samples.count) { image(samples[place]).prefetch() }
    for place in 0..<samples.count {
      let ahead = place + SampleReader.prefetchDistance
      if ahead < samples.count { image(samples[ahead]).prefetch() }
      labels[place] = self.labels[Int(samples[place])]
      kernels.normalise(
        bytes: image(samples[place]), scale: scale, offset: offset,
        output: inputs[place * width..<(place + 1) * width])
    }
  }

  /// The same of samples that are no bytes.
  private func read(
    _ samples: View<Int32>, of numbers: View<Float>, inputs: MutableView<Float>, labels: MutableView<Int32>
  ) {
    let channels = scale.count
    for place in 0..<samples.count {
      let sample = Int(samples[place])
      labels[place] = self.labels[sample]
      let (source, target) = (
        numbers[sample * width..<(sample + 1) * width], inputs[place * width..<(place + 1) * width]
      )
      var channel = 0
      for index in 0..<width {
        target[index] = source[index] * scale[channel] + offset[channel]
        channel = channel + 1 == channels ? 0 : channel + 1
      }
    }
  }

  private func image(_ sample: Int32) -> View<UInt8> { images[Int(sample) * width..<(Int(sample) + 1) * width] }
}
