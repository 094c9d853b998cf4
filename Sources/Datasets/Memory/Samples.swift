import Tensors

/// Labelled samples that a program has in memory: an array of bytes or of floating-point numbers, and a label for each sample.
///
///     let moons = try Samples(points, shape: [2], labels: labels)             // [Float], two numbers a sample
///     let digits = try Samples(pixels, shape: [28, 28, 1], labels: labels)    // [UInt8], rows of pixels
///
/// Everything is checked here, once: what training gets is valid by construction. The arrays are copied.
public struct Samples: Sendable {
  /// Shape of one sample as a network sees it: `[values]`, or `[height, width, channels]`.
  public let shape: Shape
  /// The samples as training reads them: always as images, of which a row of values is one of a single pixel.
  public let dataset: ImageDataset

  /// Number of samples.
  public var count: Int { dataset.count }
  /// Number of classes; labels are below it.
  public var classes: Int { dataset.classes }
  /// What the samples' elements are.
  public var elements: SampleElements { dataset.elements }
  /// The label of every sample.
  public var labels: [Int] { dataset.labels.array().map(Int.init) }

  /// Samples of bytes, 0 to 255: pictures, usually.
  ///
  /// - Parameters:
  ///   - bytes: sample by sample; within one row by row, channels last.
  ///   - shape: of one sample: `[values]`, `[height, width]` (of one channel) or `[height, width, channels]`.
  ///   - labels: one for each sample, from 0.
  ///   - classes: how many there are; by default one more than the largest label.
  /// - Throws: `SamplesError`.
  public init(
    _ bytes: [UInt8], shape: [Int], labels: [some BinaryInteger], classes: Int? = nil
  ) throws(SamplesError) {
    let form = try Form(shape, elements: bytes.count, labels: labels, classes: classes)
    self.init(shape: form.shape) { () throws(DatasetError) in
      try ImageDataset(
        name: MemorySource.schema.name, split: .train, shape: form.image, classes: form.classes, images: Storage(bytes),
        labels: form.labels)
    }
  }

  /// Samples of numbers, all finite.
  ///
  /// - Parameters:
  ///   - numbers: sample by sample; within one row by row, channels last.
  ///   - shape: of one sample: `[values]`, `[height, width]` (of one channel) or `[height, width, channels]`.
  ///   - labels: one for each sample, from 0.
  ///   - classes: how many there are; by default one more than the largest label.
  /// - Throws: `SamplesError`.
  public init(
    _ numbers: [Float], shape: [Int], labels: [some BinaryInteger], classes: Int? = nil
  ) throws(SamplesError) {
    let form = try Form(shape, elements: numbers.count, labels: labels, classes: classes)
    if let place = numbers.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        sample: place / form.image.count, element: place % form.image.count, value: "\(numbers[place])")
    }
    self.init(shape: form.shape) { () throws(DatasetError) in
      try ImageDataset(
        name: MemorySource.schema.name, split: .train, shape: form.image, classes: form.classes,
        numbers: Storage(numbers), labels: form.labels)
    }
  }

  /// A part of a data set that was loaded, for example `DigitsSource().load(.test, context: DatasetContext())`.
  public init(_ dataset: ImageDataset) {
    shape = dataset.shape
    self.dataset = dataset
  }

  private init(shape: Shape, _ make: () throws(DatasetError) -> ImageDataset) {
    self.shape = shape
    do throws(DatasetError) {
      dataset = try make()
    } catch {
      preconditionFailure("samples that were checked are refused: \(error)")
    }
  }
}

/// The extents and labels of samples, checked.
private struct Form {
  let shape: Shape
  /// `[height, width, channels]`: a row of values has a channel for each, so that each is normalised by itself.
  let image: Shape
  let labels: Storage<Int32>
  let classes: Int

  /// Most classes that are taken to be meant; a label beyond is a mistake.
  private static let mostClasses = 1_000_000

  init(
    _ extents: [Int], elements: Int, labels: [some BinaryInteger], classes: Int?
  ) throws(SamplesError) {
    guard (1...3).contains(extents.count), let shape = Shape(validating: extents) else { throw .shape(extents) }
    self.shape = extents.count == 2 ? [extents[0], extents[1], 1] : shape
    image = extents.count == 1 ? [1, 1, extents[0]] : self.shape
    let (samples, rest) = elements.quotientAndRemainder(dividingBy: shape.count)
    guard rest == 0 else { throw .elements(found: elements, shape: shape) }
    guard samples > 0 else { throw .empty }
    guard samples <= Int(Int32.max) else { throw .tooMany(samples) }
    guard labels.count == samples else { throw .labels(samples: samples, labels: labels.count) }
    if let classes, !(1...Form.mostClasses).contains(classes) { throw .classes(classes) }
    let limit = classes ?? Form.mostClasses
    let storage = Storage<Int32>(count: samples, zeroed: false)
    var largest = 0
    for (sample, label) in labels.enumerated() {
      guard let value = Int(exactly: label), value >= 0, value < limit else {
        throw .label(sample: sample, found: "\(label)", classes: limit)
      }
      storage.mutableView[sample] = Int32(value)
      largest = max(largest, value)
    }
    self.labels = storage
    self.classes = classes ?? largest + 1
  }
}
