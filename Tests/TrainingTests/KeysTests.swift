import Datasets
import Networks
import Optimizers
import Settings
import Testing
import Training

@Suite("What a value says of itself makes it again")
struct KeysTests {
  /// Values that differ from the defaults in everything.
  private static let values: [any Configurable & Equatable] = [
    Conv2D(
      filters: 7, kernel: .init(height: 3, width: 2), stride: 2, padding: .same, useBias: false,
      activation: .leakyRelu(slope: 0.1), kernelInitializer: .heNormal, biasInitializer: .ones),
    MaxPool2D(size: 3, stride: 1, padding: .same), MaxPool2D(),
    AveragePool2D(size: .init(height: 2, width: 4), stride: .init(height: 1, width: 2)),
    GlobalAveragePool2D(),
    Dense(
      units: 3, useBias: false, activation: .gelu, kernelInitializer: .glorotNormal, biasInitializer: .heUniform),
    Flatten(), Dropout(rate: 0.3), Activation(.silu), Activation(.leakyRelu(slope: 1)),
    SoftmaxCrossEntropy(labelSmoothing: 0.1), MeanSquaredError(),
    Accuracy(), TopKAccuracy(k: 3),
    SGD(learningRate: 0.3, momentum: 0.9, nesterov: true, weightDecay: 0.01),
    Adam(learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-8),
    AdamW(learningRate: 0.02, weightDecay: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-8),
    RMSProp(learningRate: 0.02, rho: 0.8, epsilon: 1e-8, weightDecay: 0.1),
    ConstantSchedule(warmupEpochs: 0.5), StepSchedule(everyEpochs: 3, factor: 0.3, warmupEpochs: 1),
    ExponentialSchedule(decay: 0.7, warmupEpochs: 1), CosineSchedule(finalFraction: 0.1, warmupEpochs: 1),
    OneCycleSchedule(riseFraction: 0.2, startFraction: 0.1, finalFraction: 0.01, warmupEpochs: 1),
  ]

  @Test(arguments: values.indices) func valuesAreMadeAgain(_ index: Int) throws {
    func check(_ value: some Configurable & Equatable) throws {
      let again = try type(of: value).init(value.keys)
      #expect(again == value)
      #expect(again.keys == value.keys)
    }
    try check(Self.values[index])
  }

  @Test func dataSetsAreMadeAgain() throws {
    let mnist = MNISTSource(directory: "/x", classes: 26)
    #expect(try MNISTSource(mnist.keys).keys == mnist.keys && MNISTSource(mnist.keys).classes == 26)
    #expect(try CIFAR10Source(CIFAR10Source(directory: "/x").keys).directory == "/x")
    let digits = DigitsSource(trainSamples: 3, testSamples: 4, seed: 5)
    #expect(try DigitsSource(digits.keys).keys == ["trainSamples": 3, "testSamples": 4, "seed": 5])
    let memory = try MemorySource(training: Samples([1.5] as [Float], shape: [1], labels: [0]), test: nil)
    #expect(try MemorySource(memory.keys).elements == .numbers)
  }

  @Test func everyKindIsHere() {
    let vocabulary = ConfigVocabulary.standard
    let kinds =
      vocabulary.layers.kinds + vocabulary.losses.kinds + vocabulary.metrics.kinds + vocabulary.optimizers.kinds
      + vocabulary.schedules.kinds
    for kind in kinds { #expect(Self.values.contains { type(of: $0) == kind }, "\(kind) is not tried") }
    #expect(vocabulary.datasets.kinds.count == 4)
  }

  @Test func numbersOfSinglePrecisionAreWrittenAsPeopleWriteThem() {
    #expect(Dropout(rate: 0.3).keys == ["rate": .number(0.3)])
    for value in [0.1, 1e-30, 3.4e38, 16_777_216, -0.3] as [Float] {
      guard case .number(let number) = JSONValue.single(value) else { continue }
      #expect(Float(number) == value)
    }
  }
}
