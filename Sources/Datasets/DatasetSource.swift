import Settings
import Tensors

/// Where a data set comes from: a value made from the config's `data` object, like a layer.
///
/// To add one: a file in `Sources/` and a line in `DatasetTable`. The name in its schema is the value of the config's `dataset` key.
public protocol DatasetSource: Configurable {
  /// What its samples are made of; bytes, unless it says otherwise.
  var elements: SampleElements { get }

  /// Reads or draws one part of the data set.
  ///
  /// - Throws: `DatasetError.missing` where there is nothing to read; it is never replaced by another data set.
  func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset

  /// Shape of a sample, `[height, width, channels]`; nil where the files decide it.
  var sampleShape: Shape? { get }

  /// Names of the classes in order; nil where they have none but their numbers.
  var classNames: [String]? { get }
}

extension DatasetSource {
  public var sampleShape: Shape? { nil }
  public var classNames: [String]? { nil }
}

extension DatasetSource {
  /// Bytes.
  public var elements: SampleElements { .bytes }
}

/// Where data sets are looked for, and how much memory they may take; not part of the config, since it must not change the result.
public struct DatasetContext: Sendable, Equatable {
  /// A folder of data sets, one folder each, or nil.
  public var dataDirectory: String?
  /// What relative paths of the config are relative to.
  public var workingDirectory: String
  /// Most bytes that the samples of one part may take: what is more is refused before memory is asked for.
  public var largestBytes: Int

  /// Looks in `dataDirectory` first, then relative to `workingDirectory`.
  public init(dataDirectory: String? = nil, workingDirectory: String = ".", largestBytes: Int = .max) {
    self.dataDirectory = dataDirectory
    self.workingDirectory = workingDirectory
    self.largestBytes = largestBytes
  }

  /// Takes `dataDirectory` from `LOCKSTEP_DATA`; an empty value counts as none.
  public init(environment: [String: String], workingDirectory: String = ".", largestBytes: Int = .max) {
    let named = environment["LOCKSTEP_DATA"] ?? ""
    self.init(
      dataDirectory: named.isEmpty ? nil : named, workingDirectory: workingDirectory, largestBytes: largestBytes)
  }

  /// - Parameter bytes: as many as samples will take.
  /// - Throws: `DatasetError.tooLarge` where there may not be so many.
  func check(bytes: Int, dataset: String) throws(DatasetError) {
    guard bytes <= largestBytes else { throw .tooLarge(dataset: dataset, bytes: bytes, limit: largestBytes) }
  }

  /// The directories in which to look for `dataset`, in order.
  ///
  /// - Parameter configured: the config's `data.directory`.
  public func directories(dataset: String, configured: String) -> [String] {
    let fallback = configured.hasPrefix("/") ? configured : Self.join(workingDirectory, configured)
    guard let dataDirectory else { return [fallback] }
    return [Self.join(dataDirectory, dataset), fallback]
  }

  /// `directory/name`, with neither `./` in front nor a doubled slash.
  static func join(_ directory: String, _ name: String) -> String {
    if directory == "." || directory.isEmpty { return name }
    return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}
