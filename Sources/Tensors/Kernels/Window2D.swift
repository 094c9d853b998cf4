import CKernels

/// How a window slides over an NHWC image: the geometry of a convolution or a pooling layer, for one sample.
///
/// The output has `(size + padding - kernel) / stride + 1` positions along each axis, rounded down.
public struct Window2D: Sendable, Equatable {
  /// What happens at the border.
  public enum Padding: String, Sendable, CaseIterable {
    /// Only windows that lie inside the image.
    case valid
    /// `ceil(size / stride)` positions; zeros around the image, an odd one at the bottom and right, as in Keras.
    case same
  }

  /// An extent along the two image axes.
  public struct Extent: Sendable, Equatable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// Creates an extent.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  /// Input image.
  public let input: Extent
  /// Channels of the input.
  public let channels: Int
  /// Window.
  public let kernel: Extent
  /// Step of the window.
  public let stride: Extent
  /// Border treatment.
  public let padding: Padding
  /// Output channels; equals `channels` for pooling.
  public let filters: Int
  /// Output image.
  public let output: Extent
  /// Zero rows above and zero columns to the left of the image.
  package let padBefore: Extent
  /// Zero rows below and zero columns to the right of the image.
  package let padAfter: Extent

  /// Returns nil where the window does not fit the image (only possible with `valid`).
  ///
  /// - Precondition: all sizes are at least 1 and products of them fit in 31 bits (`Shape` guarantees it for tensors).
  public init?(
    input: Extent, channels: Int, kernel: Extent, stride: Extent, padding: Padding, filters: Int
  ) {
    precondition(
      [input.height, input.width, channels, kernel.height, kernel.width, stride.height, stride.width, filters]
        .allSatisfy { $0 >= 1 && $0 <= Int(Int32.max) }, "window sizes must be positive 32-bit numbers")
    let height = Window2D.axis(size: input.height, kernel: kernel.height, stride: stride.height, padding: padding)
    let width = Window2D.axis(size: input.width, kernel: kernel.width, stride: stride.width, padding: padding)
    guard let height, let width else { return nil }
    self.input = input
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.filters = filters
    output = Extent(height: height.count, width: width.count)
    padBefore = Extent(height: height.before, width: width.before)
    padAfter = Extent(height: height.after, width: width.after)
  }

  private static func axis(
    size: Int, kernel: Int, stride: Int, padding: Padding
  ) -> (count: Int, before: Int, after: Int)? {
    switch padding {
    case .valid:
      guard kernel <= size else { return nil }
      return ((size - kernel) / stride + 1, 0, 0)
    case .same:
      let count = (size + stride - 1) / stride
      let total = max(0, (count - 1) * stride + kernel - size)
      return (count, total / 2, total - total / 2)
    }
  }

  /// Elements of one input sample.
  public var inputCount: Int { input.height * input.width * channels }
  /// Elements of one output sample.
  public var outputCount: Int { output.height * output.width * filters }
  /// Elements of a convolution's kernel, `[kernel height, kernel width, channels, filters]`.
  public var kernelCount: Int { kernel.height * kernel.width * channels * filters }

  /// Pairs of an output's place and a window cell that lies inside the image: a convolution's multiply-adds for one
  /// channel and one filter.
  public var cellsInside: Int {
    Window2D.inside(input.height, kernel.height, stride.height, output.height, before: padBefore.height)
      * Window2D.inside(input.width, kernel.width, stride.width, output.width, before: padBefore.width)
  }

  /// The same along one axis.
  private static func inside(_ size: Int, _ kernel: Int, _ stride: Int, _ positions: Int, before: Int) -> Int {
    (0..<positions).reduce(0) { sum, position in
      let start = position * stride - before
      return sum + max(0, min(start + kernel, size) - max(start, 0))
    }
  }

  var c: ls_window2d {
    ls_window2d(
      height: Int32(input.height), width: Int32(input.width), channels: Int32(channels),
      kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width),
      stride_height: Int32(stride.height), stride_width: Int32(stride.width),
      pad_top: Int32(padBefore.height), pad_bottom: Int32(padAfter.height),
      pad_left: Int32(padBefore.width), pad_right: Int32(padAfter.width),
      out_height: Int32(output.height), out_width: Int32(output.width), filters: Int32(filters))
  }
}

extension Window2D.Extent: ExpressibleByIntegerLiteral {
  /// The same along both axes: `kernel: 3`.
  public init(integerLiteral both: Int) { self.init(height: both, width: both) }
}
