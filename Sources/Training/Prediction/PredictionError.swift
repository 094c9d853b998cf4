import Datasets
import Pictures
import Settings

/// Why something could not be recognised.
public enum PredictionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No picture.
  case picture(PictureError)
  /// No IDX file.
  case images(DatasetError)
  /// An IDX file that has no such image.
  case noSuchImage(path: String, asked: Int, count: Int)
  /// A picture whose images were asked for by number.
  case onlyOne(path: String)
  /// What stands in brackets behind a file's name is no range.
  case malformedRange(String)
  /// The network answers with something that is no number.
  case notFinite(path: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .picture(let error): error.description
    case .images(let error): error.description
    case .noSuchImage(let path, let asked, let count):
      "\(path) has no image \(asked): it holds \(Counted.text(count, "image")), numbered from 0"
    case .onlyOne(let path): "\(path) is one picture, no IDX file; name it without a number"
    case .malformedRange(let name):
      "\(name): what stands in the brackets is no range of images; [3] is one of them, [0-9] are the first ten"
    case .notFinite(let path): "\(path): the network's outputs are not finite numbers; its training went wrong"
    }
  }

  /// What was to be recognised.
  public var path: String {
    switch self {
    case .picture(let error): error.path
    case .images(.file(let path, _)), .noSuchImage(let path, _, _), .onlyOne(let path), .notFinite(let path),
      .malformedRange(let path):
      path
    case .images: ""
    }
  }

  /// Whether there is nothing to read, rather than something bad.
  public var isMissing: Bool {
    switch self {
    case .picture(let error): if case .unreadable = error.fault { true } else { false }
    case .images(.file(_, .unreadable)): true
    default: false
    }
  }
}
