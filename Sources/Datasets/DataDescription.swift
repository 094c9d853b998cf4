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
  /// A directory with MNIST's file names: the parts that it has.
  case dataset([DatasetDescription])

  /// Looks at an IDX file or at a directory of them.
  ///
  /// - Throws: `DatasetError`, for a directory also where it has no part of a data set, or half of one.
  public init(path: String) throws(DatasetError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      self = .file(IDXDescription(try IDXArray(path: path)))
      return
    }
    // As many classes as a byte can name, since what is asked is which ones there are.
    let source = MNISTSource(directory: path, classes: 256)
    let context = DatasetContext()
    var parts: [DatasetDescription] = []
    for split in DatasetSplit.allCases where source.hasImages(split, in: path) {
      parts.append(DatasetDescription(try source.load(split, context: context)))
    }
    // Says what was looked for.
    if parts.isEmpty { _ = try source.load(.train, context: context) }
    self = .dataset(parts)
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
