import Networks
import Tensors

/// A network with parameters and a few samples, all drawn from one seed, and what a shard of them gives.
struct TrainingSet {
  let network: Network
  let parameters: Storage<Float>
  let inputs: Storage<Float>
  let labels: Storage<Int32>

  init(
    input: Shape, layers: [any Layer], samples: Int, kernels: Kernels, numerics: Numerics = Numerics(),
    seed: UInt64 = 1
  ) throws {
    network = try Network(input: input, layers: layers, kernels: kernels, numerics: numerics)
    parameters = Storage(count: network.parameters.count)
    for (lane, entry) in network.parameters.entries.enumerated() {
      // Biases too: what is 0 hides mistakes. The kernel's deviation keeps sums near 1.
      var random = RandomStream(seed: seed, purpose: .test, lane: lane, index: 1)
      let deviation = entry.spec.name == "bias" ? 0.3 : 1 / Float(entry.spec.fanIn).squareRoot()
      for index in entry.range { parameters.mutableView[index] = random.normal() * deviation }
    }
    var random = RandomStream(seed: seed, purpose: .test, index: 2)
    inputs = Storage((0..<samples * input.count).map { _ in random.normal() })
    let classes = network.output.count
    labels = Storage((0..<samples).map { Int32($0 % classes) })
  }

  var samples: Int { labels.count }

  /// What training on a range of the samples leaves behind.
  struct Result: Equatable {
    var losses: [Float]
    var ranks: [Int32]
    /// The flat vector; padding holds what it held before.
    var gradient: [Float]
  }

  /// Forward and backward of one shard.
  ///
  /// - Parameters:
  ///   - range: the shard's samples; the whole set by default.
  ///   - workspace: where to run; by default a new one of just the size.
  func train(
    _ range: Range<Int>? = nil, loss: some Loss = SoftmaxCrossEntropy(), seed: UInt64 = 9, step: Int = 0,
    scale: Float = 1, workspace: Workspace? = nil
  ) -> Result {
    let range = range ?? 0..<samples
    let gradient = Storage<Float>(count: network.parameters.count)
    gradient.mutableView.fill(with: .nan)
    let (losses, ranks) = (Storage<Float>(count: range.count), Storage<Int32>(count: range.count))
    network.train(
      shard(range, losses, ranks), pass: TrainingPass(seed: seed, step: step, scale: scale), loss: loss,
      parameters: parameters.view, gradient: gradient.mutableView,
      workspace: workspace ?? Workspace(for: network, capacity: range.count))
    return Result(losses: losses.view.array(), ranks: ranks.view.array(), gradient: gradient.view.array())
  }

  /// Forward alone of one shard: losses, ranks and outputs.
  func evaluate(
    _ range: Range<Int>? = nil, loss: some Loss = SoftmaxCrossEntropy(), workspace: Workspace? = nil
  ) -> (losses: [Float], ranks: [Int32], outputs: [Float]) {
    let range = range ?? 0..<samples
    let (losses, ranks) = (Storage<Float>(count: range.count), Storage<Int32>(count: range.count))
    let workspace = workspace ?? Workspace(for: network, capacity: range.count)
    let outputs = network.evaluate(
      shard(range, losses, ranks), loss: loss, parameters: parameters.view, version: 0, workspace: workspace
    ).array()
    withExtendedLifetime(workspace) {}
    return (losses.view.array(), ranks.view.array(), outputs)
  }

  private func shard(_ range: Range<Int>, _ losses: Storage<Float>, _ ranks: Storage<Int32>) -> Shard {
    let width = network.input.count
    return Shard(
      inputs: inputs.view[range.lowerBound * width..<range.upperBound * width], labels: labels.view[range],
      losses: losses.mutableView, ranks: ranks.mutableView, firstSample: range.lowerBound)
  }
}

extension Kernels {
  /// One for every instruction set of this processor.
  static let available = InstructionSet.allCases.compactMap { Kernels($0) }

  /// Those of the fastest one.
  static let best = available[available.count - 1]
}
