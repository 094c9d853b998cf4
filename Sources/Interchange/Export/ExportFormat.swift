/// The formats that a trained network can be written in for other programs.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// An ONNX model, for onnxruntime and whatever else reads ONNX.
  case onnx
  /// A Keras 3 model, which `keras.models.load_model` opens.
  case keras

  /// The format of a file of this name, told by its ending; nil for any other.
  public init?(path: String) {
    guard let format = ExportFormat.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else {
      return nil
    }
    self = format
  }

  /// What it is called.
  public var title: String {
    switch self {
    case .onnx: "ONNX"
    case .keras: "Keras"
    }
  }

  /// The ending of a file's name, without the dot.
  public var fileExtension: String { rawValue }
}
