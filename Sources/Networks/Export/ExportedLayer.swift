import Tensors

/// What a layer computes once it is trained, in words that other programs have too. Exporters read nothing else of a layer but its
/// activation, its shapes and its parameters.
///
/// A layer that is one of these under another name, or with restrictions of its own, says so in `Layer.exported` and can be exported.
public enum ExportedLayer: Sendable, Equatable {
  /// `Conv2D`. Parameters: kernel `[height, width, in, out]`; bias `[out]`, if any.
  case convolution(Window2D)
  /// `Dense`, on a row. Parameters: kernel `[in, out]`; bias `[out]`, if any.
  case dense
  /// The largest value of each window.
  case maxPool(Window2D)
  /// The mean of each window, over the cells that lie inside the image.
  case averagePool(Window2D)
  /// The mean of each channel over the image: a row.
  case globalAveragePool
  /// The input as one row: row by row, channels last.
  case flatten
  /// Nothing but in training, where elements are dropped with probability `rate`.
  case dropout(rate: Float)
  /// Nothing; what a layer is that has an activation alone.
  case identity
}
