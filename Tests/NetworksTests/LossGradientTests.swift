import Networks
import Tensors
import Testing

@Suite("Loss gradients")
struct LossGradientTests {
  static let losses: [ReferenceLoss] = [
    .softmaxCrossEntropy(), .softmaxCrossEntropy(smoothing: 0.1), .softmaxCrossEntropy(smoothing: 0.9),
    .meanSquaredError,
  ]

  @Test("every loss, for few and many classes", arguments: losses.indices)
  func loss(index: Int) throws {
    for classes in [2, 10, 37] {
      try GradientChecker().check(
        input: [4], [.dense(classes)], loss: LossGradientTests.losses[index], samples: 5)
    }
  }

  @Test("the gradient is that of the minibatch's mean, whatever the shard")
  func scale() throws {
    let set = try TrainingSet(input: [4], layers: [Dense(units: 3)], samples: 3, kernels: .best)
    // A power of two, so that scaling rounds nothing.
    let (whole, eighth) = (set.train(scale: 1), set.train(scale: 0.125))
    #expect(eighth.losses == whole.losses)
    for entry in set.network.parameters.entries {
      #expect(eighth.gradient[entry.range] == ArraySlice(whole.gradient.map { $0 / 8 })[entry.range])
    }
  }
}
