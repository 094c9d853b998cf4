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
    /// Keras's class.
    public let kerasClass: String
    /// The function applied to the layer's output, or nil.
    public let activation: ActivationFunction?
    /// Shape of one input sample.
    public let input: Shape
    /// Shape of one output sample.
    public let output: Shape
    /// Trainable parameters.
    public let parameterCount: Int
    /// Floating-point operations of one sample's forward pass.
    public let flops: Int
    /// What the layer computes, its activation aside, in other programs' words; nil where it has none.
    public let exported: ExportedLayer?
  }

  /// What runs as one: a layer, the activation behind a layer, or several layers at once. A layer that computes nothing
  /// is in none.
  public struct StageEntry: Sendable {
    /// Places of its layers in `layers`.
    public let layers: Range<Int>
    /// Multiply-adds of one sample's forward pass; see `LayerPlan.multiplyAdds`.
    public let multiplyAdds: Int
    /// Multiply-adds of one sample's backward pass: the gradients of the parameters and, where it is needed, that of the
    /// input.
    public let backwardMultiplyAdds: Int
  }

  /// Shape of one input sample.
  public let input: Shape
  /// Shape of one output sample.
  public let output: Shape
  /// The layers, in order.
  public let layers: [Entry]
  /// The stages, in the order of the forward pass.
  public let stages: [StageEntry]
  /// The flat parameter vector.
  public let parameters: ParameterLayout
  /// The kernels that shapes and scratch memory were planned for.
  public let kernels: Kernels

  let program: Program
  let memory: WorkspaceSize

  /// Floating-point operations of one sample's forward pass.
  public var flops: Int { layers.reduce(0) { $0 + $1.flops } }

  /// Plans a network.
  ///
  /// - Parameters:
  ///   - input: shape of one sample.
  ///   - layers: in order; at least one has parameters.
  ///   - kernels: the kernels to run on.
  ///   - numerics: how they may calculate.
  /// - Throws: `NetworkError` naming the layer that cannot take its input, or where no layer has parameters.
  public init(
    input: Shape, layers: [any Layer], kernels: Kernels, numerics: Numerics = Numerics()
  ) throws(NetworkError) {
    var builder = NetworkBuilder(input: input, context: PlanContext(kernels: kernels, numerics: numerics))
    var index = 0
    while index < layers.count {
      let layer = layers[index]
      do throws(ShapeError) {
        if index + 1 < layers.count, try builder.append(layer, fusedWith: layers[index + 1]) {
          index += 2
        } else {
          try builder.append(layer)
          index += 1
        }
      } catch {
        throw NetworkError(layer: index, name: builder.name(for: layer), error: error)
      }
    }
    do throws(ShapeError) {
      self = try builder.build()
    } catch {
      throw NetworkError(layer: nil, name: nil, error: error)
    }
  }

  init(
    input: Shape, output: Shape, layers: [Entry], stages: [StageEntry], parameters: ParameterLayout, kernels: Kernels,
    program: Program, memory: WorkspaceSize
  ) {
    self.input = input
    self.output = output
    self.layers = layers
    self.stages = stages
    self.parameters = parameters
    self.kernels = kernels
    self.program = program
    self.memory = memory
  }

  /// Draws the first weights. Each tensor has a random stream of its own, so adding a layer behind does not change
  /// those before.
  public func initialize(_ vector: MutableView<Float>, seed: UInt64) {
    precondition(vector.count == parameters.count, "parameter vector of another network")
    vector.fill(with: 0)
    for (index, entry) in parameters.entries.enumerated() {
      var random = RandomStream(seed: seed, purpose: .initialisation, lane: index)
      entry.spec.initializer.fill(vector[entry.range], spec: entry.spec, random: &random)
    }
  }
}

/// A layer that does not fit where it stands, or layers that make no network.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Place among the layers, from 0; nil where the network as a whole is to blame.
  public let layer: Int?
  /// The layer's name, for example `conv2d_1`.
  public let name: String?
  /// What was wrong.
  public let error: ShapeError

  /// `layer 3 (conv2d_1): input is …`.
  public var description: String {
    guard let layer, let name else { return "\(error)" }
    return "layer \(layer) (\(name)): \(error)"
  }
}
