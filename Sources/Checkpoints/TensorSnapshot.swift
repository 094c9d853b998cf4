import Tensors

/// The values of one tensor at one moment.
///
/// A snapshot keeps a run of somebody's storage alive, so that one copy of a whole parameter vector serves for all its tensors:
/// copy the vector into a fresh `Storage` at the step boundary, then name its parts. The storage must not be written again.
public struct TensorSnapshot: Sendable {
  /// Extents; no axes for a scalar.
  public let shape: Shape
  private let storage: Storage<Float>
  private let start: Int

  /// The part `range` of `storage`, in row-major order.
  ///
  /// - Precondition: the range lies in the storage and its length is the shape's count.
  public init(shape: Shape, storage: Storage<Float>, range: Range<Int>) {
    precondition(range.count == shape.count, "snapshot of \(range.count) values for the shape \(shape)")
    precondition(range.lowerBound >= 0 && range.upperBound <= storage.count, "snapshot outside its storage")
    self.shape = shape
    self.storage = storage
    start = range.lowerBound
  }

  /// A copy of `values`, in row-major order.
  ///
  /// - Precondition: the shape's count is that of `values`.
  public init(shape: Shape, values: [Float]) {
    self.init(shape: shape, storage: Storage(values), range: 0..<values.count)
  }

  /// Lends the values; the view must not leave `body`.
  public func withValues<Result, Failure: Error>(
    _ body: (View<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The view does not keep its memory alive; the storage does.
    try withExtendedLifetime(storage) { () throws(Failure) in
      try body(storage.view[start..<start + shape.count])
    }
  }

  /// Copies the values to `destination`, which must have the shape's count.
  public func copy(to destination: MutableView<Float>) {
    withValues { destination.copy(from: $0) }
  }

  /// The values as an array.
  public func array() -> [Float] { withValues { $0.array() } }
}

extension TensorSnapshot: Equatable {
  /// Equal shapes and equal bits: a NaN equals itself, and 0 differs from −0.
  public static func == (left: TensorSnapshot, right: TensorSnapshot) -> Bool {
    left.shape == right.shape
      && left.withValues { a in
        right.withValues { b in a.withBytes { aBytes in b.withBytes { aBytes.elementsEqual($0) } } }
      }
  }
}
