/// The extents of a tensor, outermost first. Images are `[height, width, channels]`; the batch axis is never part of a shape here.
///
/// A shape is valid by construction: every extent is at least 1, and the number of elements does not overflow.
public struct Shape: Sendable, Hashable {
  /// Largest number of elements a shape may have: 2³¹ − 1, so that extents and offsets of one sample fit in 32 bits.
  public static let largestCount = Int(Int32.max)

  /// The extents.
  public let dimensions: [Int]
  /// Product of the extents; 1 for a scalar.
  public let count: Int

  /// - Precondition: `isValid(dimensions)`. For dimensions that come from outside use `init(validating:)`.
  public init(_ dimensions: [Int]) {
    guard let shape = Shape(validating: dimensions) else {
      preconditionFailure("invalid shape \(dimensions)")
    }
    self = shape
  }

  /// Returns nil where an extent is below 1 or the product exceeds `largestCount`.
  public init?(validating dimensions: [Int]) {
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 1, !overflow, product <= Shape.largestCount else { return nil }
      count = product
    }
    self.dimensions = dimensions
    self.count = count
  }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }
}

extension Shape: ExpressibleByArrayLiteral {
  /// - Precondition: valid, as for `init(_:)`.
  public init(arrayLiteral dimensions: Int...) {
    self.init(dimensions)
  }
}

extension Shape: CustomStringConvertible {
  /// `28 × 28 × 1`; `scalar` for no axes.
  public var description: String {
    rank == 0 ? "scalar" : dimensions.map(String.init).joined(separator: " × ")
  }
}
