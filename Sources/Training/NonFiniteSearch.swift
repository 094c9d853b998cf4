import Networks
import Synchronization
import Tensors
import Workers

/// Finds where in a step a number first was not finite: repeats the step, shard by shard, as far as the sum of the gradient.
/// Nothing of it reaches the model.
///
/// Views and values, as the bodies of a step's phases have.
struct NonFiniteSearch: Sendable {
  let network: Network
  let plan: ShardPlan
  let step: StepInput
  let parameters: View<Float>
  /// Of the minibatch.
  let inputs: View<Float>
  let labels: View<Int32>
  let losses: MutableView<Float>
  let ranks: MutableView<Int32>
  let memory: BatchMemory?
  let gradientSum: GradientSum
  let slices: View<ReduceSlice>

  /// - Returns: nil where all is finite.
  func run(loss: some Loss, workspaces: [Workspace], pool: WorkerPool) throws -> NonFinite? {
    if let parameter = network.nonFiniteParameter(in: parameters) { return parameter }
    let result = Result()
    // An item of the pool, because the floating-point environment of phases is a part of what is repeated.
    try pool.run(1) { worker, _ in
      let finding = inShards(loss: loss, workspace: workspaces[worker]) ?? inSums()
      result.place.withLock { $0 = finding }
    }
    return result.place.withLock { $0 }
  }

  private final class Result: Sendable {
    let place = Mutex<NonFinite?>(nil)
  }

  /// The earliest of all shards; of equally early ones that of the first shard.
  private func inShards(loss: some Loss, workspace: Workspace) -> NonFinite? {
    let width = network.input.count
    let findings = (0..<step.shards).compactMap { index in
      let range = plan.range(ofShard: index, samples: step.samples.count)
      let shard = Shard(
        inputs: inputs[range.lowerBound * width..<range.upperBound * width], labels: labels[range],
        losses: losses[range], ranks: ranks[range], firstSample: range.lowerBound)
      return network.firstNonFinite(
        in: shard, pass: step.pass, loss: loss, parameters: parameters,
        gradient: gradientSum.reducer.gradient(ofShard: index), workspace: workspace, keeping: memory)
    }
    return earliest(findings)
  }

  /// Parts that are finite can have a sum that is not, and deferred gradients have no parts.
  private func inSums() -> NonFinite? {
    let findings = (0..<slices.count).compactMap { index in
      let slice = slices[index]
      let sum = Storage<Float>(count: slice.range.count)
      return withExtendedLifetime(sum) {
        gradientSum.write(slice, samples: step.samples.count, shards: step.shards, into: sum.mutableView)
        return network.nonFiniteGradient(in: sum.view, of: slice.range)
      }
    }
    return earliest(findings)
  }

  private func earliest(_ findings: [NonFiniteFinding]) -> NonFinite? {
    findings.min { $0.moment < $1.moment }?.place
  }
}
