import Settings
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// MNIST (LeCun, Cortes and Burges 1998), or anything else in its file format: Fashion-MNIST, KMNIST, EMNIST under MNIST's file names.
public struct MNISTSource: DatasetSource {
  public static let schema = ObjectSchema(
    "mnist", "Images and labels from IDX files with MNIST's names, plain or gzip (LeCun, Cortes and Burges 1998).",
    fields: [
      Field(
        "directory", .string, default: .string("Data/mnist"),
        "Folder of the four files, relative to the working directory; $LOCKSTEP_DATA/mnist is looked in first."),
      Field("classes", .integer(2...256), default: .integer(10), "Number of classes; labels are 0 to classes - 1."),
    ])

  /// Folder of the files, unless the context's data directory has them.
  public let directory: String
  /// Number of classes.
  public let classes: Int

  public init(settings: Settings) throws(SettingsError) {
    self.init(directory: settings.string("directory"), classes: settings.integer("classes"))
  }

  public var keys: JSONValue { ["directory": .string(directory), "classes": .integer(classes)] }

  /// The files in `directory`.
  public init(directory: String = "Data/mnist", classes: Int = 10) {
    self.directory = directory
    self.classes = classes
  }

  /// The standard name of a file, without `.gz`.
  public static func fileName(_ split: DatasetSplit, _ content: IDXContent) -> String {
    let prefix = split == .train ? "train" : "t10k"
    return content == .labels ? "\(prefix)-labels-idx1-ubyte" : "\(prefix)-images-idx3-ubyte"
  }

  /// Files of the data set, plain or gzip, that lie in a directory.
  public static func files(in directory: String) -> [String] {
    DatasetSplit.allCases.flatMap { split in [IDXContent.images, .labels].map { fileName(split, $0) } }
      .flatMap { [$0, $0 + ".gz"] }
      .map { DatasetContext.join(directory, $0) }
      .filter { access($0, F_OK) == 0 }
  }

  public func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    let directories = context.directories(dataset: Self.schema.name, configured: directory)
    // Both files from one directory: images of one place under the labels of another would go unnoticed.
    let (directory, imagesPath) = try find(Self.fileName(split, .images), in: directories)
    let (_, labelsPath) = try find(Self.fileName(split, .labels), in: [directory])
    var fingerprint: DatasetFingerprint?
    let images = try IDXArray(path: imagesPath, as: .images, largestCount: context.largestBytes) { images, part in
      let hash =
        fingerprint ?? DatasetFingerprint(shape: Self.shape(of: images), count: images.dimensions[0])
      hash.append(images.bytes, part)
      fingerprint = hash
    }
    let labels = try IDXArray(path: labelsPath, as: .labels, largestCount: context.largestBytes)
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw .counts(
        imagesPath: imagesPath, images: images.dimensions[0], labelsPath: labelsPath, labels: labels.dimensions[0])
    }
    let widened = Storage<Int32>(count: labels.bytes.count, zeroed: false)
    for sample in 0..<labels.bytes.count { widened.mutableView[sample] = Int32(labels.bytes.view[sample]) }
    guard let fingerprint else { preconditionFailure("an array without elements") }
    return try ImageDataset(
      name: Self.schema.name, split: split, shape: Self.shape(of: images), classes: classes, images: images.bytes,
      labels: widened, fingerprint: fingerprint)
  }

  /// Files of rank 3 have one channel.
  private static func shape(of images: IDXArray) -> Shape {
    Shape(Array(images.dimensions.dropFirst()) + (images.dimensions.count == 3 ? [1] : []))
  }

  /// Whether a directory has an image file of this part.
  func hasImages(_ split: DatasetSplit, in directory: String) -> Bool {
    (try? find(Self.fileName(split, .images), in: [directory])) != nil
  }

  /// The first place that has the file, uncompressed before compressed.
  private func find(
    _ name: String, in directories: [String]
  ) throws(DatasetError) -> (directory: String, path: String) {
    let names = [name, name + ".gz"]
    for directory in directories {
      for name in names {
        let path = DatasetContext.join(directory, name)
        if access(path, F_OK) == 0 { return (directory, path) }
      }
    }
    throw .missing(
      dataset: Self.schema.name, files: names, directories: directories,
      remedy: "run 'lockstep data fetch mnist', or name another folder (data.directory, LOCKSTEP_DATA, --data)")
  }
}
