import Datasets
import Networks

/// The model after an epoch and what it mistook. Its tensors are lent for the time of a call.
public struct ModelInspection: Sendable {
  /// Steps done.
  public var step: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// The network: its layers and the shapes between them.
  public var network: Network
  /// The parameters, in layer order.
  public var parameters: [LentTensor]
  /// The most confident mistakes, the worst first.
  public var mistakes: [Mistake]
  /// The samples that were evaluated, which `Mistake.index` counts. The trainer always says them; nil where an inspection is made without
  /// any, and then has no mistakes.
  public var evaluated: ImageDataset?

  /// Creates an inspection.
  public init(
    step: Int, epoch: Int, network: Network, parameters: [LentTensor], mistakes: [Mistake], evaluated: ImageDataset?
  ) {
    self.step = step
    self.epoch = epoch
    self.network = network
    self.parameters = parameters
    self.mistakes = mistakes
    self.evaluated = evaluated
  }
}
