import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What lies at a path: for people who want to know before they train.
public enum DataDescription: Sendable, Equatable {
  /// One IDX file.
  case file(IDXDescription)
  /// A directory with the file names of MNIST or CIFAR-10: the parts that it has.
  case dataset([DatasetDescription])

  /// Looks at an IDX file, or at a directory with the files of a data set.
  ///
  /// - Parameter context: how much memory may be taken.
  /// - Throws: `DatasetError`, for a directory also where it has no part of a data set, or half of one.
  public init(path: String, context: DatasetContext = DatasetContext()) throws(DatasetError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      self = .file(IDXDescription(try IDXArray(path: path, largestCount: context.largestBytes)))
      return
    }
    let cifar10 = DatasetSplit.allCases.filter { CIFAR10Source.hasFiles($0, in: path) }
    if !cifar10.isEmpty {
      self = try .dataset(Self.describe(cifar10, of: CIFAR10Source(directory: path), context))
      return
    }
    // As many classes as a byte can name, since what is asked is which ones there are.
    let mnist = MNISTSource(directory: path, classes: 256)
    let splits = DatasetSplit.allCases.filter { mnist.hasImages($0, in: path) }
    // Where there is none, reading the first says what was looked for.
    self = try .dataset(Self.describe(splits.isEmpty ? [.train] : splits, of: mnist, context))
  }

  private static func describe(
    _ splits: [DatasetSplit], of source: any DatasetSource, _ context: DatasetContext
  ) throws(DatasetError) -> [DatasetDescription] {
    var parts: [DatasetDescription] = []
    for split in splits { parts.append(DatasetDescription(try source.load(split, context: context))) }
    return parts
  }
}

/// One IDX file.
public struct IDXDescription: Sendable, Equatable {
  /// Extents, outermost first.
  public let dimensions: [Int]
  /// How often each byte value occurs; 256 numbers.
  public let histogram: [Int]
  /// Mean of the bytes.
  public let mean: Double
  /// Standard deviation of the bytes.
  public let deviation: Double

  /// Describes an array.
  public init(_ array: IDXArray) {
    let moments = ByteHistogram(array.bytes.view)
    dimensions = array.dimensions
    histogram = moments.counts
    mean = moments.mean
    deviation = moments.deviation
  }
}

/// One part of a data set.
public struct DatasetDescription: Sendable, Equatable {
  /// Which part.
  public let split: DatasetSplit
  /// Samples.
  public let count: Int
  /// `[height, width, channels]`.
  public let shape: Shape
  /// Samples of each class, up to the highest label that occurs.
  public let histogram: [Int]
  /// Mean and standard deviation of the bytes, per channel.
  public let statistics: ChannelStatistics
  /// See `ImageDataset.fingerprint`.
  public let fingerprint: [UInt8]

  /// Describes a data set.
  public init(_ dataset: ImageDataset) {
    var counts = [Int](repeating: 0, count: dataset.classes)
    for sample in 0..<dataset.count { counts[Int(dataset.labels.view[sample])] += 1 }
    let highest = counts.lastIndex { $0 > 0 } ?? 0
    split = dataset.split
    count = dataset.count
    shape = dataset.shape
    histogram = Array(counts[...highest])
    statistics = ChannelStatistics(dataset: dataset, samples: Storage<Int32>.identity(count: dataset.count))
    fingerprint = dataset.fingerprint
  }
}
