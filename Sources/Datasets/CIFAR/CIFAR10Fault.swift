import Settings

/// What is wrong with a file of CIFAR-10's binary version: the text behind its name in a message.
public enum CIFAR10Fault: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not a whole number of records.
  case length(bytes: Int)
  /// A label that no class has.
  case label(UInt8, record: Int)
  /// Shorter than it was when it was opened.
  case shrunk(bytes: Int, expected: Int)

  /// One line for the user, to be put behind the file's name.
  public var description: String {
    switch self {
    case .length(let bytes):
      "holds \(Counted.text(bytes, "byte")), no multiple of the \(CIFAR10File.recordLength) of a record (a label and 3 × 32 × 32 pixels); "
        + "it is damaged, or not of CIFAR-10's binary version"
    case .label(let label, let record):
      "has the label \(label) in record \(record), but CIFAR-10's are 0 to 9; it is damaged, or not of the binary version"
    case .shrunk(let bytes, let expected): "ended after \(bytes) of \(expected) bytes: it changed while it was read"
    }
  }
}
