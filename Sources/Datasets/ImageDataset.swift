import Tensors

/// Which part of a data set.
public enum DatasetSplit: String, Sendable, CaseIterable {
  /// What a network learns from.
  case train
  /// What it is judged by.
  case test
}

/// What samples are made of. A network that was trained on the ones takes no others: the same picture would be another input.
public enum SampleElements: String, Sendable, CaseIterable {
  /// 0 to 255.
  case bytes
  /// Finite numbers of single precision.
  case numbers
}

/// Labelled images, whole in memory: as bytes, or as floating-point numbers where a program has such.
///
/// A value is valid by construction: as many labels as images, at least one, every label below `classes`. Its storage is never
/// written again, so any number of threads may read it.
public struct ImageDataset: Sendable {
  /// Name of the source, for example `mnist`.
  public let name: String
  /// Which part of it.
  public let split: DatasetSplit
  /// Shape of one image: `[height, width, channels]`.
  public let shape: Shape
  /// Number of classes; labels lie in `0..<classes`.
  public let classes: Int
  /// `[count, height, width, channels]`, 0 to 255; empty where the samples are `numbers`.
  public let images: Storage<UInt8>
  /// `[count, height, width, channels]` of samples that are no bytes, all finite; else nil.
  public let numbers: Storage<Float>?
  /// `[count]`.
  public let labels: Storage<Int32>
  /// SHA-256 over shape, count, images and labels: equal for equal data, wherever it came from.
  public let fingerprint: [UInt8]

  /// Number of samples.
  public var count: Int { labels.count }

  /// Takes ownership of storage that nobody writes any more.
  ///
  /// - Throws: `DatasetError.label` where a label is out of range.
  /// - Precondition: at least one sample; as many images as labels; `classes >= 1`.
  public init(
    name: String, split: DatasetSplit, shape: Shape, classes: Int, images: Storage<UInt8>, labels: Storage<Int32>
  ) throws(DatasetError) {
    let fingerprint = DatasetFingerprint(shape: shape, count: labels.count)
    fingerprint.append(images, 0..<images.count)
    try self.init(
      name: name, split: split, shape: shape, classes: classes, images: images, labels: labels,
      fingerprint: fingerprint)
  }

  /// The same with samples that are no bytes.
  ///
  /// - Precondition: all numbers are finite.
  public init(
    name: String, split: DatasetSplit, shape: Shape, classes: Int, numbers: Storage<Float>, labels: Storage<Int32>
  ) throws(DatasetError) {
    let fingerprint = DatasetFingerprint(shape: shape, count: labels.count)
    fingerprint.append(numbers, 0..<numbers.count)
    try self.init(
      name: name, split: split, shape: shape, classes: classes, images: Storage(count: 0), numbers: numbers,
      labels: labels, fingerprint: fingerprint)
  }

  /// - Parameter fingerprint: has been given all of the images.
  init(
    name: String, split: DatasetSplit, shape: Shape, classes: Int, images: Storage<UInt8>,
    numbers: Storage<Float>? = nil, labels: Storage<Int32>, fingerprint: DatasetFingerprint
  ) throws(DatasetError) {
    precondition(
      labels.count >= 1 && (numbers?.count ?? images.count) == labels.count * shape.count,
      "images and labels do not match")
    precondition(shape.rank == 3 && classes >= 1, "an image has height, width and channels, and a class")
    let view = labels.view
    for sample in 0..<view.count where view[sample] < 0 || Int(view[sample]) >= classes {
      throw .label(dataset: name, split: split, sample: sample, found: Int(view[sample]), classes: classes)
    }
    self.name = name
    self.split = split
    self.shape = shape
    self.classes = classes
    self.images = images
    self.numbers = numbers
    self.labels = labels
    self.fingerprint = fingerprint.finish(labels: labels)
  }

  private init(_ other: ImageDataset, as split: DatasetSplit) {
    name = other.name
    self.split = split
    shape = other.shape
    classes = other.classes
    images = other.images
    numbers = other.numbers
    labels = other.labels
    fingerprint = other.fingerprint
  }

  /// The same samples as another part of a data set.
  func used(as split: DatasetSplit) -> ImageDataset { ImageDataset(self, as: split) }

  /// What the samples are made of.
  public var elements: SampleElements { numbers == nil ? .bytes : .numbers }

  /// Bytes of the samples, in memory.
  public var byteCount: Int { images.count + (numbers?.count ?? 0) * MemoryLayout<Float>.stride + 4 * labels.count }

  /// The bytes of one image, which must be in `0..<count`.
  ///
  /// - Precondition: the samples are bytes.
  public func image(_ sample: Int) -> View<UInt8> {
    images.view[sample * shape.count..<(sample + 1) * shape.count]
  }
}
