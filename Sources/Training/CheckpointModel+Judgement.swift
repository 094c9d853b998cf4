import Datasets
import Networks
import Tensors
import Workers

/// What a network made of one labelled sample.
public struct JudgedSample: Sendable, Equatable {
  /// Its place in the data set.
  public var index: Int
  /// What it is.
  public var label: Int
  /// What the network takes it for: the class with the largest output, the first of equals.
  public var predicted: Int
  /// The softmax of the network's outputs: of the predicted class, and of the right one.
  public var probability: Float
  public var labelProbability: Float

  /// Whether the prediction is right.
  public var isRight: Bool { label == predicted }

  /// Creates a judgement.
  public init(index: Int, label: Int, predicted: Int, probability: Float, labelProbability: Float) {
    self.index = index
    self.label = label
    self.predicted = predicted
    self.probability = probability
    self.labelProbability = labelProbability
  }
}

extension CheckpointModel {
  /// What the network makes of each sample of a data set, in its order. Takes memory for the judgements, and for one shard's outputs a
  /// worker.
  ///
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func judge(_ dataset: ImageDataset) throws -> [JudgedSample] {
    let (samples, classes, size) = (dataset.count, network.output.count, CheckpointModel.shardSize)
    let reader = try reader(of: dataset, samples: samples)
    let indices = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    let inputs = workspaces.map { Storage<Float>(count: $0.capacity * reader.width, zeroed: false) }
    let outputs = workspaces.map { _ in Storage<Float>(count: size * classes) }
    let (labels, predicted) = (Storage<Int32>(count: samples), Storage<Int32>(count: samples))
    let probabilities = Storage<Float>(count: 2 * samples)
    // Views do not keep memory alive.
    defer { withExtendedLifetime((indices, inputs, outputs, labels, predicted, probabilities)) {} }
    let judgement = Judgement(
      network: network, reader: reader, samples: indices.view, labels: labels.mutableView,
      predicted: predicted.mutableView, probabilities: probabilities.mutableView)
    let (workspaces, parameterView) = (workspaces, parameters.view)
    try pool.run((samples + size - 1) / size) { worker, item in
      judgement.judge(
        item * size..<min((item + 1) * size, samples), parameters: parameterView, workspace: workspaces[worker],
        inputs: inputs[worker].mutableView, outputs: outputs[worker].mutableView)
    }
    return (0..<samples).map {
      JudgedSample(
        index: $0, label: Int(labels.view[$0]), predicted: Int(predicted.view[$0]),
        probability: probabilities.view[2 * $0], labelProbability: probabilities.view[2 * $0 + 1])
    }
  }
}

/// A judgement under way: what is read and where results go, in sample order.
private struct Judgement: Sendable {
  let network: Network
  let reader: SampleReader
  let samples: View<Int32>
  let labels: MutableView<Int32>
  let predicted: MutableView<Int32>
  /// For each sample that of the prediction, then that of the label.
  let probabilities: MutableView<Float>

  func judge(
    _ range: Range<Int>, parameters: View<Float>, workspace: Workspace, inputs: MutableView<Float>,
    outputs: MutableView<Float>
  ) {
    let inputs = inputs[0..<range.count * reader.width]
    reader.read(samples[range], inputs: inputs, labels: labels[range])
    let logits = network.predict(
      inputs.readOnly, samples: range.count, parameters: parameters, version: 0, workspace: workspace)
    let classes = network.output.count
    network.kernels.softmax(
      samples: range.count, classes: classes, logits: logits, probabilities: outputs[0..<range.count * classes])
    for (offset, sample) in range.enumerated() {
      // By the outputs, as an evaluation does: two probabilities may round to the same number.
      let best = Evaluator.largest(logits[offset * classes..<(offset + 1) * classes])
      predicted[sample] = Int32(best)
      probabilities[2 * sample] = outputs[offset * classes + best]
      probabilities[2 * sample + 1] = outputs[offset * classes + Int(labels[sample])]
    }
  }
}
