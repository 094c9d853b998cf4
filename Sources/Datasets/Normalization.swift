import Tensors

/// How samples become a network's input: `input = byte · scale[c] + offset[c]` for channel `c`, and the same of a number that is no byte.
public struct Normalization: Sendable {
  /// The ways a config can name.
  public enum Kind: String, Sendable, CaseIterable {
    /// x / 255 of bytes: inputs in 0...1. Numbers that are no bytes stay as they are.
    case scale
    /// (x − mean) / deviation, per channel: zero mean and unit variance over the training samples.
    case standard
  }

  /// `[channels]`.
  public let scale: Storage<Float>
  /// `[channels]`.
  public let offset: Storage<Float>

  /// From known factors.
  ///
  /// - Precondition: as many offsets as scales, at least one.
  public init(scale: [Float], offset: [Float]) {
    precondition(!scale.isEmpty && scale.count == offset.count, "a scale and an offset for each channel")
    self.scale = Storage(scale)
    self.offset = Storage(offset)
  }

  /// For a data set.
  ///
  /// - Parameter samples: indices of the samples that are learnt from: held-out ones must not leak into mean and deviation.
  public init(_ kind: Kind, dataset: ImageDataset, samples: Storage<Int32>) {
    let channels = dataset.shape[2]
    switch kind {
    case .scale:
      self.init(
        scale: Array(repeating: dataset.numbers == nil ? 1 / 255 : 1, count: channels),
        offset: Array(repeating: 0, count: channels))
    case .standard:
      let statistics = ChannelStatistics(dataset: dataset, samples: samples)
      // A channel that never changes has deviation 0; dividing by 1 leaves it at 0 instead of infinity.
      let deviations = statistics.deviation.map { $0 > 0 && Float(1 / $0).isFinite ? $0 : 1 }
      self.init(
        scale: deviations.map { Float(1 / $0) },
        offset: zip(statistics.mean, deviations).map { Float(-$0 / $1) })
    }
  }

  /// Writes one image's inputs.
  ///
  /// - Parameters:
  ///   - bytes: `[height, width, channels]`.
  ///   - output: as long as `bytes`.
  public func apply(to bytes: View<UInt8>, output: MutableView<Float>, kernels: Kernels) {
    kernels.normalise(bytes: bytes, scale: scale.view, offset: offset.view, output: output)
  }
}

/// Mean and standard deviation (of the population) per channel; of bytes in units of one byte step.
public struct ChannelStatistics: Sendable, Equatable {
  /// `[channels]`, 0...255.
  public let mean: [Double]
  /// `[channels]`.
  public let deviation: [Double]

  /// Over the images with the given indices, of which there must be at least one.
  public init(dataset: ImageDataset, samples: Storage<Int32>) {
    precondition(samples.count >= 1, "statistics of no samples")
    if let numbers = dataset.numbers {
      (mean, deviation) = Self.moments(numbers, shape: dataset.shape, samples: samples)
      return
    }
    let histograms = ByteHistogram.ofChannels(dataset, samples: samples)
    mean = histograms.map(\.mean)
    deviation = histograms.map(\.deviation)
  }

  /// Of samples that are no bytes: sums in FP64 in the order of the samples, on one thread, so that nothing else decides a bit.
  private static func moments(
    _ numbers: Storage<Float>, shape: Shape, samples: Storage<Int32>
  ) -> (mean: [Double], deviation: [Double]) {
    let (channels, width) = (shape[2], shape.count)
    let count = Double(samples.count * (width / channels))
    func means(_ value: (_ number: Double, _ channel: Int) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: channels)
      for place in 0..<samples.count {
        let sample = numbers.view[Int(samples.view[place]) * width..<(Int(samples.view[place]) + 1) * width]
        for index in 0..<width { sums[index % channels] += value(Double(sample[index]), index % channels) }
      }
      return sums.map { $0 / count }
    }
    let mean = means { number, _ in number }
    let variance = means { number, channel in (number - mean[channel]) * (number - mean[channel]) }
    return (mean, variance.map { $0.squareRoot() })
  }
}
