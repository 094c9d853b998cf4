import Tensors

/// A point on which a checkpoint and the network or optimizer that should take it over differ.
public enum Disagreement: Sendable, Equatable, CustomStringConvertible {
  /// The network has a tensor that the checkpoint lacks.
  case missing(path: String, expected: Shape)
  /// The checkpoint holds a tensor that the network has no place for.
  case unexpected(path: String, found: Shape)
  /// Both have the tensor, with different shapes.
  case shape(path: String, expected: Shape, found: Shape)
  /// The checkpoint was written by another optimizer.
  case optimizer(expected: String, found: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .missing(let path, let expected): "\(path): missing, expected \(expected)"
    case .unexpected(let path, let found): "\(path): not expected, found \(found)"
    case .shape(let path, let expected, let found): "\(path): expected \(expected), found \(found)"
    case .optimizer(let expected, let found): "optimizer: expected \(expected), found \(found)"
    }
  }
}

extension Disagreement {
  /// Every point on which tensors differ from what is expected. Missing and misshaped ones come in the expected order, then those
  /// that are in excess.
  package static func between(
    expected: [(path: String, shape: Shape)], found: [(path: String, shape: Shape)]
  ) -> [Disagreement] {
    let foundShapes = Dictionary(found, uniquingKeysWith: { first, _ in first })
    let expectedPaths = Set(expected.map(\.path))
    var result: [Disagreement] = []
    for (path, shape) in expected {
      guard let other = foundShapes[path] else {
        result.append(.missing(path: path, expected: shape))
        continue
      }
      if other != shape { result.append(.shape(path: path, expected: shape, found: other)) }
    }
    for (path, shape) in found where !expectedPaths.contains(path) {
      result.append(.unexpected(path: path, found: shape))
    }
    return result
  }
}

extension Checkpoint {
  /// Every point on which this checkpoint differs from what a network and its optimizer expect; empty where it fits.
  ///
  /// Missing and misshaped tensors come in the expected order, then those that are in excess. With another optimizer its variables
  /// are not compared: they mean something else.
  ///
  /// - Parameters:
  ///   - expected: path and shape of every parameter.
  ///   - optimizer: the optimizer's name and the shape of each of its variables, in Keras's order; nil where the optimizer's state
  ///     is not wanted.
  public func disagreements(
    with expected: [(path: String, shape: Shape)], optimizer expectedOptimizer: (name: String, variables: [Shape])?
  ) -> [Disagreement] {
    var result = Disagreement.between(expected: expected, found: parameters.map { ($0.path, $0.tensor.shape) })
    guard let expectedOptimizer else { return result }
    guard expectedOptimizer.name == optimizer.name else {
      return result + [.optimizer(expected: expectedOptimizer.name, found: optimizer.name)]
    }
    func named(_ shapes: [Shape]) -> [(path: String, shape: Shape)] {
      shapes.enumerated().map { (OptimizerState.path(ofVariable: $0.offset), $0.element) }
    }
    result += Disagreement.between(
      expected: named(expectedOptimizer.variables), found: named(optimizer.variables.map(\.shape)))
    return result
  }
}
