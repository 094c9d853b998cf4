import Tensors

/// A trained network in the format of another program.
public struct ExportedNetwork: Sendable {
  /// What the network takes or gives.
  public struct Port: Sendable, Equatable {
    /// Its name in the file.
    public let name: String
    /// Extents of one sample; the batch comes before them and may have any size.
    public let shape: Shape

    /// Describes a port.
    public init(name: String, shape: Shape) {
      self.name = name
      self.shape = shape
    }
  }

  /// The format.
  public let format: ExportFormat
  /// The file's bytes.
  public let bytes: Storage<UInt8>
  /// What it takes: FP32, as the data set has it, channels last.
  public let input: Port
  /// What the numbers that it takes are, for example `pixel values from 0 to 255`.
  public let inputMeaning: String
  /// What it gives: FP32.
  public let outputs: [Port]
  /// What the other program cannot do with it, a sentence each, that it could with another config; empty as a rule.
  public let notes: [String]
}
