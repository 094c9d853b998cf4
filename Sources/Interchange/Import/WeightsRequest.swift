import Tensors

/// What a network wants of a file of weights: the path and shape of each of its parameters, in its order.
///
/// It travels from the program to the child process that reads the file as arguments, one for each tensor.
public struct WeightsRequest: Sendable {
  /// Path and shape of every tensor.
  public let tensors: [(path: String, shape: Shape)]

  /// Creates a request.
  public init(_ tensors: [(path: String, shape: Shape)]) { self.tensors = tensors }

  /// Bytes of the answer: the tensors' values one behind the other, as little-endian FP32.
  ///
  /// A network's parameters are counted when it is planned, so the sum does not overflow.
  var byteCount: Int { tensors.reduce(0) { $0 + $1.shape.count * MemoryLayout<Float>.size } }

  /// The tensors as arguments, for example `/layers/dense/vars/0 784 10`.
  var arguments: [String] {
    tensors.map { ([$0.path] + $0.shape.dimensions.map(String.init)).joined(separator: " ") }
  }

  /// The request that arguments stand for; nil where they are none.
  public init?(arguments: [String]) {
    var tensors: [(path: String, shape: Shape)] = []
    for argument in arguments {
      let words = argument.split(separator: " ")
      let extents = words.dropFirst().compactMap { Int($0) }
      guard let path = words.first, extents.count == words.count - 1, let shape = Shape(validating: extents) else {
        return nil
      }
      tensors.append((String(path), shape))
    }
    self.tensors = tensors
  }
}
