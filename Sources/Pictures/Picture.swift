/// A picture in memory: 8-bit samples, rows from top to bottom, pixels from left to right, a pixel's channels side by side.
///
/// Samples are what a screen gets (sRGB), alpha is not multiplied in.
public struct Picture: Sendable, Equatable {
  /// What a pixel consists of.
  public enum Channels: Int, Sendable, CaseIterable {
    /// 0 is black, 255 is white.
    case grey = 1
    /// Grey, then alpha: 0 is transparent, 255 is opaque.
    case greyAlpha
    /// Red, green, blue.
    case color
    /// Red, green, blue, then alpha.
    case colorAlpha

    /// Whether there is an alpha channel.
    public var hasAlpha: Bool { self == .greyAlpha || self == .colorAlpha }
    /// Whether there are red, green and blue.
    public var hasColor: Bool { self == .color || self == .colorAlpha }
  }

  /// Longest width or height, which is libpng's too, so that what is written can be read.
  public static let longestSide = 1_000_000

  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// What a pixel consists of.
  public let channels: Channels
  /// The samples, `[height, width, channels]`.
  public let bytes: [UInt8]

  /// Number of pixels.
  public var pixelCount: Int { width * height }

  /// - Precondition: width and height in `1...longestSide`; as many bytes as the picture has samples.
  public init(width: Int, height: Int, channels: Channels, bytes: [UInt8]) {
    precondition((1...Self.longestSide).contains(width) && (1...Self.longestSide).contains(height), "impossible size")
    precondition(bytes.count == width * height * channels.rawValue, "as many bytes as samples")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }
}
