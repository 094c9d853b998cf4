/// How far a run is: everything follows from the number of steps and of finished epochs.
public struct RunPosition: Sendable, Equatable {
  /// Steps of one epoch, at least 1.
  public let stepsPerEpoch: Int
  /// Epochs of the whole run.
  public let epochs: Int
  /// Steps done.
  public internal(set) var step: Int
  /// Epochs whose evaluation is done as well.
  public internal(set) var epochsFinished: Int

  /// The start of a run.
  init(stepsPerEpoch: Int, epochs: Int) {
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
    step = 0
    epochsFinished = 0
  }

  /// Steps of the whole run.
  public var totalSteps: Int { stepsPerEpoch * epochs }
  /// The epoch that the next step belongs to, from 0.
  var epochOfNextStep: Int { step / stepsPerEpoch }
  /// Minibatches done in that epoch.
  var batchOfNextStep: Int { step % stepsPerEpoch }
  /// Whether the last step completed an epoch that was not evaluated yet.
  var awaitsEvaluation: Bool { step / stepsPerEpoch > epochsFinished }
  /// Whether nothing is left to do.
  public var isFinished: Bool { epochsFinished >= epochs }
}

extension RunPosition {
  /// The position of a checkpoint in this run; nil where it is none, for example because the data set had another size.
  func restored(step: Int, epochsFinished: Int) -> RunPosition? {
    // The bounds come first: both numbers are from a file, and their product may be none.
    guard (0...totalSteps).contains(step), (0...epochs).contains(epochsFinished),
      (0...stepsPerEpoch).contains(step - epochsFinished * stepsPerEpoch)
    else { return nil }
    var position = self
    position.step = step
    position.epochsFinished = epochsFinished
    return position
  }
}
