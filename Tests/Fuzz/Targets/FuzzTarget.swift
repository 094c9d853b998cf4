/// A reader of what comes from outside, as a function of any bytes.
///
/// The fuzzers (`Scripts/fuzz`) look for bytes that end it in anything but a result or an error with a message; the test
/// `FuzzTests` runs the committed ones of `Tests/Fuzz/Corpus` again.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// JSON parser, `--set`, schema decoder, plan of the network and of its memory.
  case config
  /// IDX files, plain and gzip, as a data set.
  case idx
  /// Files of CIFAR-10.
  case cifar
  /// A checkpoint's file, whose checksum is as it comes.
  case checkpoint
  /// An HDF5 image behind a right checksum.
  case sealed
  /// A run directory with any files in it, resumed.
  case directory
  /// An event file of TensorBoard's in a run directory.
  case events
  /// A PNG picture, and what a network gets of it.
  case png
  /// A PGM picture, the same.
  case pgm
  /// A request to the server.
  case request

  /// Reads the bytes.
  ///
  /// - Throws: `FuzzFailure` where what came of it is not as promised. A crash is one too.
  public func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    switch self {
    case .config: try ConfigTarget.run(bytes)
    case .idx: try IDXTarget.run(bytes)
    case .cifar: try CIFARTarget.run(bytes)
    case .checkpoint: try CheckpointTarget.run(bytes)
    case .sealed: try SealedTarget.run(bytes)
    case .directory: try DirectoryTarget.run(bytes)
    case .events: try EventsTarget.run(bytes)
    case .png: try PNGTarget.run(bytes)
    case .pgm: try PGMTarget.run(bytes)
    case .request: try RequestTarget.run(bytes)
    }
  }
}

/// A promise that was not kept.
public struct FuzzFailure: Error, CustomStringConvertible {
  /// Which one, and how.
  public let description: String

  init(_ description: String) { self.description = description }
}
