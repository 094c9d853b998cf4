/// Why a trained network cannot be written for other programs: one line for the user.
public enum ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A layer, of a program's own, that no other program knows.
  case unknownLayer(name: String, type: String)
  /// A layer says in `exported` what its shapes or parameters contradict.
  case contradiction(name: String, type: String, found: String)
  /// A file's name does not tell the format.
  case unknownFormat(path: String)
  /// The file would be larger than its format allows.
  case tooLarge(format: ExportFormat, bytes: Int, limit: Int)

  /// What was attempted, on what, what was found, what to do.
  public var description: String {
    switch self {
    case .unknownLayer(let name, let type):
      "the layer \(name) (\(type)) has no counterpart in other programs; "
        + "where it is another name for a common layer, let its 'exported' say so"
    case .contradiction(let name, let type, let found):
      "the layer \(name) (\(type)) is not what its 'exported' says: \(found)"
    case .unknownFormat(let path):
      "\(path) does not tell the format; let it end with .onnx or .keras, or say the format"
    case .tooLarge(let format, let bytes, let limit):
      "\(format.title) files have at most \(limit) bytes, and this network takes \(bytes)"
        + (format == .onnx ? "; --format keras takes more" : "")
    }
  }
}
