import Reports
import Synchronization
import Training

/// A terminal that remembers what it was told to show.
final class RecordingTerminal: Sendable {
  private let log = Mutex("")
  private let isInteractive: Bool
  private let usesColor: Bool
  private let columns: Mutex<Int>

  init(isInteractive: Bool = true, columns: Int = 100, usesColor: Bool = false) {
    self.isInteractive = isInteractive
    self.usesColor = usesColor
    self.columns = Mutex(columns)
  }

  /// As somebody who drags the edge of a window.
  func resize(columns: Int) { self.columns.withLock { $0 = columns } }

  var terminal: Terminal {
    Terminal(
      isInteractive: isInteractive, usesColor: usesColor, usesUnicode: true,
      width: { [self] in columns.withLock { $0 } },
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
  static func start(
    firstStep: Int = 0, directory: String = "Checkpoints/mnist-cnn", name: String = "mnist-cnn", epochs: Int = 12,
    stepsPerEpoch: Int = 469
  ) -> RunStart {
    RunStart(
      name: name, directory: directory, firstStep: firstStep, totalSteps: epochs * stepsPerEpoch,
      stepsPerEpoch: stepsPerEpoch, epochs: epochs, samples: 60_000, threads: 2, instructionSet: "avx512",
      parameters: 34_826)
  }

  static func step(
    _ step: Int, seconds: Double, loss: Double = 0.25, learningRate: Double = 0.001, gradientNorm: Double? = nil,
    pauses: Pauses = Pauses()
  ) -> StepReport {
    StepReport(
      step: step, epoch: (step - 1) / 469 + 1, stepInEpoch: (step - 1) % 469 + 1, loss: loss, accuracy: 0.9375,
      epochLoss: 0.0612, epochAccuracy: 0.98123, learningRate: learningRate, gradientNorm: gradientNorm, samples: 128,
      seconds: seconds, pauses: pauses)
  }

  static func epoch(
    _ epoch: Int, seconds: Double, evaluatedOn: String = "test", pauses: Pauses = Pauses()
  ) -> EpochReport {
    EpochReport(
      epoch: epoch, step: epoch * 469, training: MetricValues([("loss", 0.0612), ("accuracy", 0.98123)]),
      evaluatedOn: evaluatedOn, evaluation: MetricValues([("loss", 0.0401), ("accuracy", 0.9871)]),
      samplesPerSecond: 18_200, seconds: seconds, pauses: pauses)
  }
}
