import Tensors

/// Where a layer's parameters lie in the flat vector. A fixed number of slots, so that passing it around costs no
/// reference count.
public struct ParameterRanges: Sendable {
  /// Most parameters one layer may have.
  public static let capacity = 4

  private var slots: (Range<Int>, Range<Int>, Range<Int>, Range<Int>) = (0..<0, 0..<0, 0..<0, 0..<0)
  /// Number of parameters.
  public private(set) var count = 0

  init(_ ranges: [Range<Int>] = []) {
    precondition(ranges.count <= ParameterRanges.capacity, "too many parameters")
    let padded = ranges + Array(repeating: 0..<0, count: ParameterRanges.capacity - ranges.count)
    slots = (padded[0], padded[1], padded[2], padded[3])
    count = ranges.count
  }

  /// The range of parameter `index`.
  public subscript(index: Int) -> Range<Int> {
    precondition(index >= 0 && index < count, "no such parameter")
    switch index {
    case 0: return slots.0
    case 1: return slots.1
    case 2: return slots.2
    default: return slots.3
    }
  }
}

/// A layer's parameters, in the order of its plan.
public struct ParameterViews: Sendable {
  let vector: View<Float>
  let ranges: ParameterRanges

  /// Number of parameters.
  public var count: Int { ranges.count }
  /// Parameter `index`, row-major.
  public subscript(index: Int) -> View<Float> { vector[ranges[index]] }
}

/// The gradients of a layer's parameters, in the order of its plan; to be written by `backward`.
public struct ParameterGradients: Sendable {
  let vector: MutableView<Float>
  let ranges: ParameterRanges

  /// Number of parameters.
  public var count: Int { ranges.count }
  /// Gradient of parameter `index`, row-major.
  public subscript(index: Int) -> MutableView<Float> { vector[ranges[index]] }
}

/// The random numbers of one layer in one shard of one step. They depend on the seed, the layer's place in the program
/// (which counts layers that compute, and activations), the step and a sample's place in the minibatch, so neither
/// threads nor shards nor resumes change them.
public struct LayerRandom: Sendable {
  let seed: UInt64
  let layer: Int
  let step: Int
  let firstSample: Int

  /// The stream of the shard's sample `index`.
  public func stream(sample index: Int, purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, lane: layer, index: step, sample: firstSample + index)
  }
}

/// Arguments of `LayerOperation.prepare`.
public struct PreparePass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// The layer's parameters.
  public let parameters: ParameterViews
  /// What the forward pass will read, `plan.prepared.forward` floats.
  public let forward: MutableView<Float>
  /// What the backward pass will read, `plan.prepared.backward` floats; nil where nobody asks for the gradient of the
  /// input.
  public let backward: MutableView<Float>?
}

/// Arguments of `LayerOperation.forward`.
public struct ForwardPass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// Samples in this shard, at least 1.
  public let samples: Int
  /// `[samples, input shape]`.
  public let input: View<Float>
  /// `[samples, output shape]`; the same memory as `input` where the plan allowed it and `isInPlace` says so.
  public let output: MutableView<Float>
  /// Whether `output` is `input`.
  public let isInPlace: Bool
  /// The layer's parameters.
  public let parameters: ParameterViews
  /// What `prepare` wrote for this pass.
  public let prepared: View<Float>
  /// `[samples, plan.savedBytes]`, kept until this shard's backward pass; empty in evaluation.
  public let saved: MutableView<UInt8>
  /// Scratch memory, `plan.scratchCount` floats.
  public let scratch: MutableView<Float>
  /// Randomness in training; nil in evaluation.
  public let random: LayerRandom?

  /// Whether a backward pass follows.
  public var isTraining: Bool { random != nil }
}

/// Arguments of `LayerOperation.backward`.
public struct BackwardPass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// Samples in this shard, at least 1.
  public let samples: Int
  /// The forward pass's input; valid where the plan reads it.
  public let input: View<Float>
  /// The forward pass's output; valid where the plan reads it.
  public let output: View<Float>
  /// `[samples, output shape]`.
  public let outputGradient: View<Float>
  /// `[samples, input shape]`, to be written; nil where nobody needs it; the memory of `outputGradient` where
  /// `isInPlace`.
  public let inputGradient: MutableView<Float>?
  /// Whether `inputGradient` is `outputGradient`.
  public let isInPlace: Bool
  /// The layer's parameters.
  public let parameters: ParameterViews
  /// Where the parameters' gradients go.
  public let gradients: ParameterGradients
  /// Where the layer keeps what its deferred gradient needs; nil where nothing is deferred, so that all gradients are
  /// formed here.
  public let kept: KeptSamples?
  /// What `prepare` wrote for this pass; empty where no gradient of the input is asked for.
  public let prepared: View<Float>
  /// What forward kept.
  public let saved: View<UInt8>
  /// Scratch memory, `plan.scratchCount` floats.
  public let scratch: MutableView<Float>
  /// The same randomness as in the forward pass.
  public let random: LayerRandom
}
