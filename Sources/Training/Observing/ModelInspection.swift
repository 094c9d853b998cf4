import Datasets
import Networks
import Tensors

/// What an observer wants to be shown of the model at an epoch's end.
public struct InspectionRequest: Sendable, Equatable {
  /// The gradient of the epoch's last step.
  public var gradient: Bool
  /// The parameters after the epoch.
  public var parameters: Bool
  /// How many of the evaluation's mistakes, the most confident ones.
  public var mistakes: Int

  /// Nothing.
  public static let nothing = InspectionRequest(gradient: false, parameters: false, mistakes: 0)

  /// Creates a request.
  public init(gradient: Bool, parameters: Bool, mistakes: Int) {
    self.gradient = gradient
    self.parameters = parameters
    self.mistakes = mistakes
  }
}

/// One tensor of the model, lent.
public struct LentTensor: Sendable {
  /// `conv2d_1/kernel`.
  public var name: String
  /// Its shape.
  public var shape: Shape
  /// Its elements; gone when the call that lends them has returned.
  public var values: View<Float>

  /// Lends a tensor.
  public init(name: String, shape: Shape, values: View<Float>) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The gradient of an epoch's last step, before clipping. Its tensors are lent for the time of a call.
public struct GradientInspection: Sendable {
  /// Steps done, counting this one.
  public var step: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// The gradient of each parameter, in layer order.
  public var tensors: [LentTensor]

  /// Creates an inspection.
  public init(step: Int, epoch: Int, tensors: [LentTensor]) {
    self.step = step
    self.epoch = epoch
    self.tensors = tensors
  }
}

/// The model after an epoch and what it mistook. Its tensors are lent for the time of a call.
public struct ModelInspection: Sendable {
  /// Steps done.
  public var step: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// Shape of the network's input.
  public var input: Shape
  /// The parameters, in layer order.
  public var parameters: [LentTensor]
  /// The most confident mistakes, the worst first.
  public var mistakes: [Mistake]
  /// The samples that were evaluated: `Mistake.sample` is an index into it; nil where there are no mistakes.
  public var evaluated: ImageDataset?

  /// Creates an inspection.
  public init(
    step: Int, epoch: Int, input: Shape, parameters: [LentTensor], mistakes: [Mistake], evaluated: ImageDataset?
  ) {
    self.step = step
    self.epoch = epoch
    self.input = input
    self.parameters = parameters
    self.mistakes = mistakes
    self.evaluated = evaluated
  }
}

/// A sample that was taken for another class than its own.
public struct Mistake: Sendable, Equatable {
  /// Index into the data set.
  public var sample: Int
  /// Its class.
  public var label: Int
  /// The class with the largest output.
  public var prediction: Int
  /// The share of that class in the softmax of the outputs: how sure the network was.
  public var confidence: Float
  /// The share of its own class.
  public var labelConfidence: Float

  /// Creates a mistake.
  public init(sample: Int, label: Int, prediction: Int, confidence: Float, labelConfidence: Float) {
    self.sample = sample
    self.label = label
    self.prediction = prediction
    self.confidence = confidence
    self.labelConfidence = labelConfidence
  }

  /// The most confident mistakes among samples that were evaluated: the surest first, and of equals the one that was evaluated first.
  ///
  /// - Parameter confidences: of each sample's prediction, then of its label.
  static func mostConfident(
    _ count: Int, of samples: View<Int32>, labels: View<Int32>, predictions: View<Int32>, confidences: View<Float>
  ) -> [Mistake] {
    let mistakes = (0..<samples.count).lazy.filter { labels[$0] != predictions[$0] }.map { index in
      Mistake(
        sample: Int(samples[index]), label: Int(labels[index]), prediction: Int(predictions[index]),
        confidence: confidences[2 * index], labelConfidence: confidences[2 * index + 1])
    }
    // What is not a number is sure of nothing.
    let order = mistakes.filter { !$0.confidence.isNaN }.enumerated().sorted {
      ($0.element.confidence, $1.offset) > ($1.element.confidence, $0.offset)
    }
    return order.prefix(count).map(\.element)
  }
}

extension Network {
  /// Names the parts of a vector that is laid out like the parameters.
  func tensors(of vector: View<Float>) -> [LentTensor] {
    parameters.entries.map { LentTensor(name: $0.name, shape: $0.spec.shape, values: vector[$0.range]) }
  }
}
