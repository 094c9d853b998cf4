import Settings
import Tensors

/// A window that slides over an image, as layers hold it: the keys that convolution and pooling share, and their fit to
/// an image.
struct WindowFields: Sendable, Equatable {
  /// Rows and columns of the window.
  let size: Window2D.Extent
  /// Step of the window.
  let stride: Window2D.Extent
  /// Border treatment.
  let padding: Window2D.Padding

  /// Largest window and largest step along an axis.
  static let largest = 1_024

  /// - Precondition: sizes and steps are in `1...largest`.
  init(size: Window2D.Extent, stride: Window2D.Extent, padding: Window2D.Padding) {
    precondition(
      [size.height, size.width, stride.height, stride.width].allSatisfy { (1...WindowFields.largest).contains($0) },
      "window or stride out of range")
    self.size = size
    self.stride = stride
    self.padding = padding
  }

  /// One number for both axes, or rows and columns.
  static let extent = FieldType.either([.integer(1...largest), .list(.integer(1...largest), count: 2...2)])

  /// The key `padding`.
  static let paddingField = Field(
    "padding", .oneOf(Window2D.Padding.allCases.map(\.rawValue)), default: .string("valid"),
    "valid: windows inside the image only; same: ceil(size / stride) positions, with zeros around the image.")

  /// The keys of pooling.
  static let poolingFields = [
    Field("size", extent, default: .integer(2), "Rows and columns of the window: one number for both, or a pair."),
    Field("stride", extent, default: .null, "Step of the window, likewise; by default its size."),
    paddingField,
  ]

  /// Reads the window (under the key that this layer has for it), `stride` (the window's size where it is null) and
  /// `padding`.
  init(_ settings: Settings, size name: String) {
    let size = Window2D.Extent(settings.pair(name))
    guard let padding = Window2D.Padding(rawValue: settings.string("padding")) else {
      preconditionFailure("padding '\(settings.string("padding"))' is in the schema only")
    }
    self.init(
      size: size, stride: settings.has("stride") ? Window2D.Extent(settings.pair("stride")) : size, padding: padding)
  }

  /// What `init` reads.
  func keys(size name: String, isStrideSizeByDefault: Bool) -> JSONValue {
    .object([
      (key: name, value: size.described),
      (key: "stride", value: isStrideSizeByDefault && stride == size ? .null : stride.described),
      (key: "padding", value: .string(padding.rawValue)),
    ])
  }

  /// The geometry over an image.
  ///
  /// - Parameters:
  ///   - filters: output channels; nil for pooling, which keeps those of the input.
  ///   - layer: the layer's type, for messages.
  ///   - key: the layer's key for the window, for messages: `kernel` or `size`.
  /// - Throws: `ShapeError` where the input is no image, or the window does not fit it.
  func fit(_ input: Shape, filters: Int? = nil, layer: String, key: String) throws(ShapeError) -> Window2D {
    let image = try ImageShape(input, layer: layer)
    let window = Window2D(
      input: image.extent, channels: image.channels, kernel: size, stride: stride, padding: padding,
      filters: filters ?? image.channels)
    guard let window else {
      let wanted = "\(size.height) × \(size.width)"
      throw ShapeError(
        "input is \(input), but a \(wanted) \(key == "kernel" ? "kernel" : "window") needs at least \(wanted); "
          + "use padding \"same\" or a smaller \(key)", key: key)
    }
    return window
  }
}

extension Window2D {
  /// Shape of one output sample.
  ///
  /// - Precondition: it has no more elements than a shape may have, which pooling cannot break.
  var outputShape: Shape { [output.height, output.width, filters] }
}

/// An input of rows, columns and channels.
struct ImageShape {
  let extent: Window2D.Extent
  let channels: Int

  /// - Throws: `ShapeError` where the input has another number of axes.
  init(_ input: Shape, layer: String) throws(ShapeError) {
    guard input.rank == 3 else {
      throw ShapeError("input is \(input), but \(layer) takes an image: height × width × channels")
    }
    extent = Window2D.Extent(height: input[0], width: input[1])
    channels = input[2]
  }
}

extension Window2D.Extent {
  /// The same along both axes.
  public init(_ both: Int) { self.init(height: both, width: both) }

  init(_ pair: (first: Int, second: Int)) { self.init(height: pair.first, width: pair.second) }

  /// One number for both axes, or rows and columns.
  fileprivate var described: JSONValue {
    height == width ? .integer(height) : [.integer(height), .integer(width)]
  }
}
