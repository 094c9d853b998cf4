import Networks
import Settings
import Tensors
import Testing

@Suite("Dropout")
struct DropoutTests {
  /// What dropout makes of 4,096 ones in each of two samples: a dense layer without weights gives the ones, a loss
  /// returns the outputs.
  private func mask(rate: Float, seed: UInt64 = 1, step: Int = 0, firstSample: Int = 0) throws -> [Float] {
    let width = 4_096
    let network = try Network(
      input: [1], layers: [Dense(units: width), Dropout(rate: rate)], kernels: .best)
    let parameters = Storage<Float>(count: network.parameters.count)
    parameters.mutableView[network.parameters.entries[1].range].fill(with: 1)
    let (inputs, labels) = (Storage<Float>(count: 2), Storage<Int32>(count: 2))
    let (losses, ranks) = (Storage<Float>(count: 2), Storage<Int32>(count: 2))
    let gradient = Storage<Float>(count: network.parameters.count)
    let kept = Storage<Float>(count: 2 * width)
    let workspace = Workspace(for: network, capacity: 2)
    let shard = Shard(
      inputs: inputs.view, labels: labels.view, losses: losses.mutableView, ranks: ranks.mutableView,
      firstSample: firstSample)
    network.train(
      shard, pass: TrainingPass(seed: seed, step: step, scale: 1), loss: Copy(target: kept.mutableView),
      parameters: parameters.view, gradient: gradient.mutableView, workspace: workspace)
    return withExtendedLifetime((parameters, inputs, labels)) { kept.view.array() }
  }

  @Test("the rate is met, and what is kept is scaled so that the mean stays", arguments: [Float(0.1), 0.5, 0.75])
  func rate(rate: Float) throws {
    let mask = try mask(rate: rate)
    #expect(mask.allSatisfy { $0 == 0 || $0 == 1 / (1 - rate) })
    // 8,192 draws: the standard error of the share is at most 0.0055.
    #expect(abs(Float(mask.count { $0 == 0 }) / Float(mask.count) - rate) < 0.025)
  }

  @Test("samples, steps and seeds have masks of their own")
  func independence() throws {
    let first = try mask(rate: 0.5)
    #expect(first[..<4_096] != first[4_096...])
    #expect(try mask(rate: 0.5) == first)
    #expect(try mask(rate: 0.5, step: 1) != first)
    #expect(try mask(rate: 0.5, seed: 2) != first)
  }

  @Test("a sample's mask goes with its place in the minibatch, not in the shard")
  func place() throws {
    #expect(try mask(rate: 0.5)[4_096...] == mask(rate: 0.5, firstSample: 1)[..<4_096])
  }
}

/// A loss that copies the network's outputs out.
private struct Copy: Loss {
  let target: MutableView<Float>

  static let schema = ObjectSchema("copy", "Copies the outputs.")

  init(target: MutableView<Float>) { self.target = target }
  init(settings: Settings) throws(SettingsError) { throw settings.error("made in code only") }
  var keys: JSONValue { [:] }

  func evaluate(_ pass: LossPass) {
    target.copy(from: pass.outputs)
    pass.losses.fill(with: 0)
    pass.gradient?.fill(with: 0)
  }
}
