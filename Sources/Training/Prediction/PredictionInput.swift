/// Something to be recognised, as a user names it: a picture, some or all images of an IDX file, or standard input.
public enum PredictionInput: Sendable, Equatable, CustomStringConvertible {
  /// `-`: one picture.
  case standardInput
  /// A file, and which of its images where it is an IDX file: from `first` to `last`, counted from 0.
  case file(path: String, images: ClosedRange<Int>?)

  /// Reads what a user writes: `-`, `PATH`, `PATH[3]`, `PATH[0-9]`.
  ///
  /// - Parameter exists: whether a file of this name is there: one whose own name ends in brackets is taken as it is.
  /// - Throws: `PredictionError.malformedRange` where what stands in the brackets behind a file's name is no range.
  public init(_ name: String, exists: (String) -> Bool) throws(PredictionError) {
    if name == "-" {
      self = .standardInput
    } else if !exists(name), let (path, images) = Self.images(in: name) {
      self = .file(path: path, images: images)
    } else {
      if !exists(name), name.hasSuffix("]"), let bracket = name.lastIndex(of: "["), exists(String(name[..<bracket])) {
        throw .malformedRange(name)
      }
      self = .file(path: name, images: nil)
    }
  }

  /// As the user wrote it.
  public var description: String {
    switch self {
    case .standardInput: "standard input"
    case .file(let path, nil): path
    case .file(let path, let images?):
      images.count == 1 ? "\(path)[\(images.lowerBound)]" : "\(path)[\(images.lowerBound)-\(images.upperBound)]"
    }
  }

  private static func images(in name: String) -> (path: String, images: ClosedRange<Int>)? {
    guard name.hasSuffix("]"), let bracket = name.lastIndex(of: "["), bracket != name.startIndex else { return nil }
    let words = name[name.index(after: bracket)...].dropLast()
      .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = words.compactMap { word in
      word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(word) : nil
    }
    guard let first = numbers.first, let last = numbers.last, numbers.count == words.count, first <= last else {
      return nil
    }
    return (String(name[..<bracket]), first...last)
  }
}
