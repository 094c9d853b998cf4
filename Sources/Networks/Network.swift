import Settings
import Tensors

/// A network whose shapes and memory are settled: an immutable program that all workers run at once.
public struct Network: Sendable {
  /// A layer as the config wrote it.
  public struct Entry: Sendable {
    /// Keras's name: the class in snake case, then `_1`, `_2` … for later ones of the class.
    public let name: String
    /// The config's `type`.
    public let type: String
    /// Shape of one input sample.
    public let input: Shape
    /// Shape of one output sample.
    public let output: Shape
    /// Trainable parameters.
    public let parameterCount: Int
    /// Floating-point operations of one sample's forward pass.
    public let flops: Int
  }

  /// Shape of one input sample.
  public let input: Shape
  /// Shape of one output sample.
  public let output: Shape
  /// The layers, in order.
  public let layers: [Entry]
  /// The flat parameter vector.
  public let parameters: ParameterLayout
  /// The kernels that shapes and scratch memory were planned for.
  public let kernels: Kernels

  let stages: [Stage]
  let memory: WorkspaceSize
  /// First stage that has parameters: the backward pass ends there.
  let firstTrainable: Int

  /// Floating-point operations of one sample's forward pass.
  public var flops: Int { layers.reduce(0) { $0 + $1.flops } }

  /// Plans a network.
  ///
  /// - Parameters:
  ///   - input: shape of one sample.
  ///   - layers: at least one layer with parameters.
  ///   - kernels: the kernels to run on.
  /// - Throws: `NetworkError` naming the layer that cannot take its input.
  public init(input: Shape, layers: [any Layer], kernels: Kernels) throws(NetworkError) {
    var builder = NetworkBuilder(input: input, kernels: kernels)
    for (index, layer) in layers.enumerated() {
      do throws(ShapeError) {
        try builder.append(layer)
      } catch {
        throw NetworkError(layer: index, name: builder.name(for: layer), error: error)
      }
    }
    self = builder.build()
  }

  init(
    input: Shape, output: Shape, layers: [Entry], parameters: ParameterLayout, kernels: Kernels, stages: [Stage],
    memory: WorkspaceSize, firstTrainable: Int
  ) {
    self.input = input
    self.output = output
    self.layers = layers
    self.parameters = parameters
    self.kernels = kernels
    self.stages = stages
    self.memory = memory
    self.firstTrainable = firstTrainable
  }

  /// Draws the first weights. Each tensor has a random stream of its own, so adding a layer behind does not change those before.
  public func initialize(_ vector: MutableView<Float>, seed: UInt64) {
    precondition(vector.count == parameters.count, "parameter vector of another network")
    vector.fill(with: 0)
    for (index, entry) in parameters.entries.enumerated() {
      var random = RandomStream(seed: seed, purpose: .initialisation, lane: index)
      entry.spec.initializer.fill(vector[entry.range], spec: entry.spec, random: &random)
    }
  }
}

/// A layer that does not fit where it stands.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Place among the layers, from 0.
  public let layer: Int
  /// The layer's name, for example `conv2d_1`.
  public let name: String
  /// What was wrong.
  public let error: ShapeError

  /// `layer 3 (conv2d_1): input is …`.
  public var description: String { "layer \(layer) (\(name)): \(error)" }
}
