import Checkpoints
import Datasets
import Networks
import Settings
import Tensors
import Training

extension RunReport {
  /// Mistakes that are shown.
  static let shownMistakes = 50

  /// Reads a run, evaluates its newest good checkpoint, and measures a few steps of its config. What cannot be had is left out, and the
  /// page says so: a report of what there is beats none.
  ///
  /// - Throws: `SavedRunError` where the path is no run, `CheckpointError` where it cannot be read.
  public init(of path: String, options: RunReportOptions) throws {
    let (run, checkpoint) = try SavedRun.withTensors(path)
    try self.init(of: run, checkpoint: checkpoint, options: options)
  }

  /// The same of a run that was read with its checkpoint's tensors.
  ///
  /// - Throws: `CheckpointError` where its directory cannot be read.
  public init(of run: SavedRun, checkpoint: Checkpoint?, options: RunReportOptions) throws {
    self.run = run
    figures = RunFigures(run)
    files = try RunInventory.files(in: run.path)
    digest = checkpoint.map { SHA256.hexadecimal($0.digest()) }
    dataFingerprint = checkpoint.map { SHA256.hexadecimal($0.run.dataFingerprint) }
    version = LockstepVersion.current
    madeAt = options.madeAt
    let samples = Samples(of: run, options: options)
    trainingSamples = samples.training.content?.split.training.count
    let model = Self.model(of: run, checkpoint, sampleShape: samples.test.content?.shape, machine: options.machine)
    network = Self.network(of: run, model: model, shape: samples.test.content?.shape, machine: options.machine)
    test = Self.test(model, samples)
    filters = Self.filters(checkpoint, network: network.content)
    profile = Self.profile(run, samples.training, options)
  }

  /// Why there is no profile where nobody wanted one.
  private static let notAskedFor = "no profile was asked for"

  /// What the page leaves out although it was asked for, and why, a line each.
  public var omissions: [String] {
    let parts = [("the evaluation", test.reason), ("the times of layers", profile.reason)]
    return parts.compactMap { name, reason in
      reason.flatMap { $0 == Self.notAskedFor ? nil : "left out: \(name): \($0)" }
    }
  }

  /// The verdict on a report in a run's directory; nil for a file of another name.
  public static func inventory(_ name: String, path: String) -> RunFile? {
    name == "report.html"
      ? RunFile(name: name, verdict: .good, note: "report; 'lockstep report' makes it anew") : nil
  }

  // MARK: Parts

  /// The data set's parts, as far as they can be read.
  private struct Samples {
    var training: Part<PreparedData>
    var test: Part<ImageDataset>
    /// What they are described by; nil where the run has no config.
    var configuration: DataConfiguration?

    init(of run: SavedRun, options: RunReportOptions) {
      guard let config = run.config else {
        (training, test) = (.leftOut(because: "the run has no config"), .leftOut(because: "the run has no config"))
        return
      }
      let (data, context) = config.data.replacingSource(by: options.data, context: options.context)
      configuration = data
      if options.profileSeconds != nil {
        do throws(DatasetError) {
          let prepared = try data.prepare(context: context, seed: config.seed)
          (training, test) = (.shown(prepared), .shown(prepared.test))
          return
        } catch {
          training = .leftOut(because: "\(error)")
        }
      } else {
        training = .leftOut(because: RunReport.notAskedFor)
      }
      // A folder may hold test samples alone.
      do throws(DatasetError) {
        test = .shown(try data.source.load(.test, context: context))
      } catch {
        test = .leftOut(because: "\(error)")
      }
    }
  }

  private static func model(
    of run: SavedRun, _ checkpoint: Checkpoint?, sampleShape: Shape?, machine: Machine
  ) -> Part<CheckpointModel> {
    guard let checkpoint, let path = run.checkpoint?.path else {
      return .leftOut(
        because: run.skipped.isEmpty ? "the run has no checkpoint yet" : "no checkpoint of the run can be trusted")
    }
    guard let config = run.config else { return .leftOut(because: "the checkpoint's config cannot be read") }
    guard let shape = config.model.input ?? sampleShape else {
      return .leftOut(because: "neither config nor data set say the shape of the input")
    }
    do {
      return .shown(
        try CheckpointModel(
          checkpoint, path: path, config: config, sampleShape: shape, machine: machine))
    } catch {
      return .leftOut(because: "\(error)")
    }
  }

  private static func network(
    of run: SavedRun, model: Part<CheckpointModel>, shape: Shape?, machine: Machine
  ) -> Part<Network> {
    if let model = model.content { return .shown(model.network) }
    guard let config = run.config else { return .leftOut(because: "the run has no config") }
    guard let input = config.model.input ?? shape else {
      return .leftOut(because: "neither config nor data set say the shape of the input")
    }
    do {
      return .shown(try config.makeNetwork(input: input, kernels: machine.kernels))
    } catch {
      return .leftOut(because: "\(error)")
    }
  }

  private static func test(_ model: Part<CheckpointModel>, _ samples: Samples) -> Part<TestResult> {
    switch (model, samples.test) {
    case (_, .leftOut(let reason)), (.leftOut(let reason), _): return .leftOut(because: reason)
    case (.shown(let model), .shown(let dataset)):
      do {
        let evaluation = try model.evaluate(dataset, mistakes: shownMistakes)
        let right = evaluation.confusion.indices.reduce(0) { $0 + evaluation.confusion[$1][$1] }
        let classes = samples.configuration?.classNames(count: evaluation.confusion.count)
        return .shown(
          TestResult(
            source: dataset.name, samples: evaluation.samples, metrics: evaluation.metrics,
            scores: ClassificationReport(
              classes: classes ?? evaluation.confusion.indices.map(String.init), confusion: evaluation.confusion),
            mistakes: evaluation.mistakes.compactMap { MistakePicture($0, of: dataset) },
            mistakeCount: evaluation.samples - right))
      } catch {
        return .leftOut(because: "\(error)")
      }
    }
  }

  private static func filters(_ checkpoint: Checkpoint?, network: Network?) -> Part<FilterPictures> {
    guard let checkpoint else {
      return .leftOut(because: "the run has no checkpoint that can be trusted")
    }
    guard let network else { return .leftOut(because: "the network cannot be built from the config") }
    guard let kernel = FirstLayerKernel(of: network, in: checkpoint.parameters) else {
      return .leftOut(
        because: "the first layer with parameters does not look at the image itself, or its filters are too large")
    }
    return .shown(FilterPictures(of: kernel))
  }

  private static func profile(
    _ run: SavedRun, _ samples: Part<PreparedData>, _ options: RunReportOptions
  ) -> Part<BenchmarkReport> {
    switch samples {
    case .leftOut(let reason): return .leftOut(because: reason)
    case .shown(let data):
      guard let config = run.config, let seconds = options.profileSeconds else {
        return .leftOut(because: notAskedFor)
      }
      do {
        return .shown(try Benchmark(config: config, data: data, machines: [options.machine]).run(seconds: seconds))
      } catch {
        return .leftOut(because: "\(error)")
      }
    }
  }
}
