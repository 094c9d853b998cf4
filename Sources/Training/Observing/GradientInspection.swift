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
