import Settings

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a data set could not be had.
public enum DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// None of the directories has the files.
  case missing(dataset: String, files: [String], directories: [String], remedy: String)
  /// A file is not what it should be.
  case file(path: String, fault: IDXFault)
  /// A file is not one of CIFAR-10.
  case cifar10(path: String, fault: CIFAR10Fault)
  /// Image file and label file disagree about the number of samples.
  case counts(imagesPath: String, images: Int, labelsPath: String, labels: Int)
  /// A label outside `0..<classes`.
  case label(dataset: String, split: DatasetSplit, sample: Int, found: Int, classes: Int)
  /// Training and test images differ in shape.
  case shapes(dataset: String, train: String, test: String)
  /// So few samples that none would be left to train on.
  case tooFewToHoldOut(dataset: String, samples: Int)
  /// More bytes of samples than there may be.
  case tooLarge(dataset: String, bytes: Int, limit: Int)
  /// The samples were in the memory of another program.
  case inMemory
  /// What a data set of somebody else's has to say.
  case custom(dataset: String, reason: String)
  /// A file could not be written.
  case unwritable(path: String, reason: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .missing(let dataset, let files, let directories, let remedy):
      return "data set '\(dataset)' is missing: no \(files.joined(separator: " or ")) in "
        + "\(directories.map(Self.place).joined(separator: " or ")); \(remedy)"
    case .file(let path, let fault):
      return "\(path): \(fault)"
    case .cifar10(let path, let fault):
      return "\(path): \(fault)"
    case .counts(let imagesPath, let images, let labelsPath, let labels):
      return
        "\(imagesPath) holds \(Counted.text(images, "image")), but \(labelsPath) holds \(Counted.text(labels, "label")); "
        + "the two files do not belong together"
    case .label(let dataset, let split, let sample, let found, let classes):
      return
        "data set '\(dataset)': label \(found) of \(split.rawValue) sample \(sample) is outside 0...\(classes - 1); "
        + "set data.classes to the number of classes, or mend the label file"
    case .shapes(let dataset, let train, let test):
      return "data set '\(dataset)': training images are \(train), but test images are \(test)"
    case .tooFewToHoldOut(let dataset, let samples):
      return "data set '\(dataset)' has \(samples) training sample, so none can be held out; set data.validation to 0"
    case .tooLarge(let dataset, let bytes, let limit):
      return "data set '\(dataset)' takes \(bytes) bytes of memory, and \(limit) can be had; use fewer samples"
    case .inMemory:
      return "the run's samples were in the memory of the program that trained it; go on there, or evaluate others "
        + "(--data)"
    case .custom(let dataset, let reason):
      return "data set '\(dataset)': \(reason)"
    case .unwritable(let path, let reason):
      return "cannot write \(path): \(reason)"
    }
  }

  /// A folder, and what is wrong with it, where it is none.
  private static func place(_ directory: String) -> String {
    var status = stat()
    if directory.isEmpty { return "''" }
    if stat(directory, &status) != 0 { return errno == ENOENT ? "\(directory) (there is no such folder)" : directory }
    return status.st_mode & S_IFMT == S_IFDIR ? directory : "\(directory) (which is no folder)"
  }
}
