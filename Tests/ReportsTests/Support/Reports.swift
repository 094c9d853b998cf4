import Reports
import Synchronization
import Training

/// A terminal that remembers what it was told to show.
final class RecordingTerminal: Sendable {
  private let log = Mutex("")
  private let isInteractive: Bool
  private let columns: Int

  init(isInteractive: Bool = true, columns: Int = 100) {
    self.isInteractive = isInteractive
    self.columns = columns
  }

  var terminal: Terminal {
    Terminal(
      isInteractive: isInteractive, usesColor: false, usesUnicode: true, width: { [columns] in columns },
      write: { [self] text in log.withLock { $0 += text } })
  }

  /// What was written since the last call, with control characters spelled out.
  func take() -> String {
    log.withLock { text in
      defer { text = "" }
      return text.replacing("\u{1B}[K", with: "<erase>").replacing("\r", with: "<return>")
    }
  }
}

/// Reports of a small run with plausible values.
enum Sample {
  static func start(firstStep: Int = 0, directory: String = "Checkpoints/mnist-cnn") -> RunStart {
    RunStart(
      name: "mnist-cnn", directory: directory, firstStep: firstStep, totalSteps: 5_628, stepsPerEpoch: 469, epochs: 12,
      samples: 60_000, threads: 2, instructionSet: "avx512", parameters: 34_826)
  }

  static func step(
    _ step: Int, seconds: Double, loss: Double = 0.25, learningRate: Double = 0.001, gradientNorm: Double? = nil
  ) -> StepReport {
    StepReport(
      step: step, epoch: (step - 1) / 469 + 1, stepInEpoch: (step - 1) % 469 + 1, loss: loss, accuracy: 0.9375,
      epochLoss: 0.0612, epochAccuracy: 0.98123, learningRate: learningRate, gradientNorm: gradientNorm, samples: 128,
      seconds: seconds)
  }

  static func epoch(_ epoch: Int, seconds: Double, evaluatedOn: String = "test") -> EpochReport {
    EpochReport(
      epoch: epoch, step: epoch * 469, training: MetricValues([("loss", 0.0612), ("accuracy", 0.98123)]),
      evaluatedOn: evaluatedOn, evaluation: MetricValues([("loss", 0.0401), ("accuracy", 0.9871)]),
      samplesPerSecond: 18_200, seconds: seconds)
  }
}
