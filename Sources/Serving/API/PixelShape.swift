import Tensors

/// The images that a network takes.
package struct PixelShape: Equatable, Sendable {
  package var height: Int
  package var width: Int
  package var channels: Int

  /// Bytes of an image.
  package var count: Int { height * width * channels }

  /// Nil for a shape that is not height, width, channels.
  init?(_ shape: Shape) {
    guard shape.rank == 3 else { return nil }
    (height, width, channels) = (shape[0], shape[1], shape[2])
  }

  package init(height: Int, width: Int, channels: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  /// As a shape.
  var shape: Shape { [height, width, channels] }

  /// `28 × 28 × 1`.
  var text: String { "\(height) × \(width) × \(channels)" }
}
