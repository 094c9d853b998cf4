import Settings
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// CIFAR-10 (Krizhevsky 2009) in its binary version, or anything else in its format: 32 × 32 colour images of 10 classes.
public struct CIFAR10Source: DatasetSource {
  public static let schema = ObjectSchema(
    "cifar10", "32 x 32 colour images of 10 classes, from the files of CIFAR-10's binary version (Krizhevsky 2009).",
    fields: [
      Field(
        "directory", .string, default: .string("Data/cifar10"),
        "Folder of the six .bin files, relative to the working directory; $LOCKSTEP_DATA/cifar10 is looked in first.")
    ])

  /// Folder of the files, unless the context's data directory has them.
  public let directory: String

  public init(settings: Settings) throws(SettingsError) {
    self.init(directory: settings.string("directory"))
  }

  public var keys: JSONValue { ["directory": .string(directory)] }

  /// The files in `directory`.
  public init(directory: String = "Data/cifar10") { self.directory = directory }

  public var sampleShape: Shape? { [32, 32, 3] }

  /// As in the archive's `batches.meta.txt`.
  public var classNames: [String]? {
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
  }

  /// The files of one part, in order.
  public static func fileNames(_ split: DatasetSplit) -> [String] {
    split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
  }

  public func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    var files: [CIFAR10File] = []
    for path in try paths(split, in: context.directories(dataset: Self.schema.name, configured: directory)) {
      files.append(try CIFAR10File(path: path))
    }
    let count = files.reduce(0) { $0 + $1.count }
    try context.check(bytes: count * CIFAR10File.imageLength, dataset: Self.schema.name)
    let images = Storage<UInt8>(count: count * CIFAR10File.imageLength, zeroed: false)
    let labels = Storage<Int32>(count: count, zeroed: false)
    var first = 0
    for file in files {
      let end = first + file.count
      try file.read(
        images: images.mutableView[first * CIFAR10File.imageLength..<end * CIFAR10File.imageLength],
        labels: labels.mutableView[first..<end])
      first = end
    }
    return try ImageDataset(
      name: Self.schema.name, split: split, shape: [32, 32, 3], classes: Int(CIFAR10File.lastLabel) + 1, images: images,
      labels: labels)
  }

  /// Whether a directory has any file of this part.
  static func hasFiles(_ split: DatasetSplit, in directory: String) -> Bool {
    fileNames(split).contains { access(DatasetContext.join(directory, $0), F_OK) == 0 }
  }

  /// The files of one part, all from the first directory that has any of them.
  private func paths(_ split: DatasetSplit, in directories: [String]) throws(DatasetError) -> [String] {
    let names = Self.fileNames(split)
    let found = directories.first { Self.hasFiles(split, in: $0) }
    let directories = found.map { [$0] } ?? directories
    for name in names where !directories.contains(where: { access(DatasetContext.join($0, name), F_OK) == 0 }) {
      throw .missing(
        dataset: Self.schema.name, files: [name], directories: directories,
        remedy: "unpack cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html there, or set "
          + "data.directory or LOCKSTEP_DATA")
    }
    return names.map { DatasetContext.join(directories[0], $0) }
  }
}
