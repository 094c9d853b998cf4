import Pictures
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Logs a run as TensorBoard event files in its directory, one for each time the run is started or resumed.
///
/// | tag | when | what |
/// | --- | --- | --- |
/// | `loss/train`, `accuracy/train` | every `logging.everySteps` | of the step's minibatch, before its update |
/// | `learning_rate`, `gradient_norm` | likewise | of the step's update; the norm before clipping |
/// | `samples_per_second` | likewise | since the step that was logged before |
/// | `skipped_steps` | likewise, where there were any | since the run began |
/// | `loss/train_epoch`, `accuracy/train_epoch`, … | every epoch | over its minibatches |
/// | `loss/evaluation`, `accuracy/evaluation`, … | every epoch | over the held-out samples, or the test set |
/// | `weights/LAYER/kernel`, … | every `logging.histogramsEveryEpochs` | histogram |
/// | `gradients/LAYER/kernel`, … | likewise | histogram, of the epoch's last step, before clipping |
/// | `filters/LAYER`, `mistakes` | every `logging.imagesEveryEpochs` | picture |
///
/// What an epoch adds after its evaluation is one event, so that a crash leaves all of it or none. Values depend on the config, the
/// data and the seed alone, but for `samples_per_second`; the wall time of an event is when it happened. A resumed run begins its
/// file by taking back what earlier files say of the steps that it repeats.
public final class TensorBoardLog: TrainingObserver {
  /// Mistakes that are asked for; fewer are drawn where they are large.
  private static let mistakes = 36

  private let config: RunConfig
  private let now: () -> Double
  private var file: EventFile?
  private var samples = 0
  private var secondsAtRow = 0.0
  private var secondsAtFlush = 0.0
  /// The epoch's values so far, until the model was looked at.
  private var pending: (step: Int, values: [TaggedValue])?
  /// The step whose evaluation an earlier file holds.
  private var heldStep: Int?

  /// Creates a log; the file is created when the run starts.
  ///
  /// - Parameters:
  ///   - config: the run's.
  ///   - now: tells the seconds since 1970.
  public init(_ config: RunConfig, now: @escaping () -> Double = TensorBoardLog.wallTime) {
    self.config = config
    self.now = now
  }

  /// Seconds since 1970, by this machine's clock.
  public static func wallTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Creates the file, behind those of earlier starts.
  ///
  /// - Throws: `MetricsLogError` where it cannot be created, `CheckpointError` where the directory cannot be read.
  public func runStarted(_ start: RunStart) throws {
    let directory = start.directory.isEmpty ? "." : start.directory
    let names = try RunDirectory.fileNames(in: directory)
    let earlier = names.filter(EventFileName.matches).sorted()
    heldStep = nil
    // The only values of a step that is done which would come again.
    if start.awaitsEvaluation,
      EventFileReader.holds("loss/evaluation", step: start.firstStep, in: earlier.map { directory + "/" + $0 })
    {
      heldStep = start.firstStep
    }
    (samples, secondsAtRow, secondsAtFlush) = (0, 0, 0)
    pending = nil
    let time = now()
    file = try EventFile(in: directory, beside: names, now: time)
    // A fresh run takes back all: what is there is of a run that never came to its first checkpoint.
    let firstStep = start.firstStep == 0 ? 0 : start.firstStep + 1
    file?.append(Event(wallTime: time, step: firstStep, content: .start))
    var values = [HyperparameterSummary.start(config, parameters: start.parameters, time: time)]
    if start.firstStep == 0 { values.append(configText) }
    append(values, step: start.firstStep, time: time)
  }

  /// The resolved config, for the TEXT tab.
  private var configText: TaggedValue {
    // Four spaces make a block of code.
    let lines = config.resolvedText.split(separator: "\n", omittingEmptySubsequences: false)
    return TaggedValue(
      "config", .text(lines.map { "    " + $0 }.joined(separator: "\n")), summary: "The run's config with all defaults."
    )
  }

  /// Writes the step's values where it is time to.
  public func stepFinished(_ report: StepReport) {
    samples += report.samples
    guard report.step.isMultiple(of: config.logging.everySteps) else { return }
    var values = [
      TaggedValue("loss/train", .scalar(Float(report.loss)), summary: "Of the step's minibatch, before its update."),
      TaggedValue(
        "accuracy/train", .scalar(Float(report.accuracy)), summary: "Of the step's minibatch, before its update."),
      TaggedValue("learning_rate", .scalar(Float(report.learningRate)), summary: "Of the step's update."),
    ]
    if let norm = report.gradientNorm {
      values.append(
        TaggedValue(
          "gradient_norm", .scalar(Float(norm)), summary: "Euclidean, over all parameters, before clipping."))
    }
    let elapsed = report.seconds - secondsAtRow
    if elapsed > 0 {
      values.append(
        TaggedValue(
          "samples_per_second", .scalar(Float(Double(samples) / elapsed)),
          summary: "Since the step that was logged before."))
    }
    if report.skippedSteps > 0 {
      values.append(
        TaggedValue(
          "skipped_steps", .scalar(Float(report.skippedSteps)),
          summary: "Since the run began: loss or gradient was not finite."))
    }
    (samples, secondsAtRow) = (0, report.seconds)
    append(values, step: report.step)
    // Somebody may watch.
    if report.seconds - secondsAtFlush >= 1 { flush(at: report.seconds) }
  }

  /// Takes the epoch's values; they are written when the model was looked at, where it is.
  public func epochFinished(_ report: EpochReport) {
    var values = report.training.values.map {
      TaggedValue("\($0.name)/train_epoch", .scalar(Float($0.value)), summary: "Over the epoch's minibatches.")
    }
    values += report.evaluation.values.map {
      TaggedValue(
        "\($0.name)/evaluation", .scalar(Float($0.value)),
        summary: report.evaluatedOn == EvaluatedOn.validation.rawValue
          ? "Over the samples that were held out." : "Over the test set.")
    }
    pending = (report.step, values)
    let request = inspectionRequest(epoch: report.epoch)
    if !request.parameters, request.mistakes == 0 { finishEpoch() }
    flush(at: report.seconds)
    // The evaluation is no part of a step's rate.
    (samples, secondsAtRow) = (0, report.seconds)
  }

  /// Histograms and pictures, after those epochs that the config says.
  public func inspectionRequest(epoch: Int) -> InspectionRequest {
    let histograms = LoggingConfig.isDue(config.logging.histogramsEveryEpochs, epoch: epoch)
    let images = LoggingConfig.isDue(config.logging.imagesEveryEpochs, epoch: epoch)
    return InspectionRequest(
      gradient: histograms, parameters: histograms || images, mistakes: images ? Self.mistakes : 0)
  }

  /// Writes the gradient's histograms.
  public func gradientInspected(_ inspection: GradientInspection) {
    append(histograms(inspection.tensors, "gradients"), step: inspection.step)
  }

  /// Writes the epoch's values, the parameters' histograms and the pictures.
  public func modelInspected(_ inspection: ModelInspection) {
    if LoggingConfig.isDue(config.logging.histogramsEveryEpochs, epoch: inspection.epoch) {
      pending?.values += histograms(inspection.parameters, "weights")
    }
    if LoggingConfig.isDue(config.logging.imagesEveryEpochs, epoch: inspection.epoch) {
      pending?.values += pictures(inspection)
    }
    finishEpoch()
  }

  private func pictures(_ inspection: ModelInspection) -> [TaggedValue] {
    var values: [TaggedValue] = []
    if let kernel = FirstLayerKernel(of: inspection.network, in: inspection.parameters) {
      values.append(
        TaggedValue(
          "filters/\(kernel.layer)", image(FilterMosaic.picture(of: kernel)),
          summary: "Grey is 0, white the largest weight, black minus that."))
    }
    if let dataset = inspection.evaluated,
      let picture = MistakeMosaic.picture(of: inspection.mistakes, in: dataset)
    {
      values.append(
        TaggedValue(
          "mistakes", image(picture),
          summary: "The surest ones of the evaluation: label > prediction, the surest first."))
    }
    return values
  }

  private func image(_ picture: Picture) -> TaggedValue.Value {
    .image(
      width: picture.width, height: picture.height, channels: picture.channels.rawValue, png: PNG.encode(picture))
  }

  private func histograms(_ tensors: [LentTensor], _ group: String) -> [TaggedValue] {
    tensors.map { TaggedValue("\(group)/\($0.name)", .histogram(Histogram($0.values))) }
  }

  private func finishEpoch() {
    guard let (step, values) = pending else { return }
    pending = nil
    // A resume may evaluate again what was evaluated and logged, but not saved.
    if step != heldStep { append(values, step: step) }
  }

  /// Hands all events to the system.
  ///
  /// - Returns: what makes them durable.
  /// - Throws: `MetricsLogError` where the system does not take them; so does what is returned.
  public func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)? {
    guard let synchronize = try file?.synchronization() else { return nil }
    return { try synchronize() }
  }

  /// Writes what is left and closes the file.
  public func runEnded(_ end: RunEnd) {
    finishEpoch()
    switch end.reason {
    case .finished, .stoppedEarly: append([HyperparameterSummary.success(time: now())], step: end.step)
    case .stopped, .failed: break
    }
    flush(at: end.seconds)
    file = nil
  }

  private func append(_ values: [TaggedValue], step: Int, time: Double? = nil) {
    file?.append(Event(wallTime: time ?? now(), step: step, content: .values(values)))
  }

  /// A failure here loses nothing: the events stay in memory, and the next checkpoint reports it if it lasts.
  private func flush(at seconds: Double) {
    secondsAtFlush = seconds
    try? file?.flush()
  }
}
