import Tensors

/// Turns a checkpoint into the bytes of its file: an HDF5 image that Keras 3 loads, and the trailer.
///
/// A function of the checkpoint alone: equal checkpoints give equal bytes.
package enum CheckpointEncoder {
  private typealias Layout = CheckpointLayout

  /// The file's bytes.
  package static func encode(_ checkpoint: Checkpoint) throws(WriteError.Cause) -> Storage<UInt8> {
    try validate(checkpoint)
    var writer = HDF5Writer()
    do throws(HDF5Error) {
      try addTensors(checkpoint, to: &writer)
      try addRunState(checkpoint.run, to: &writer)
      try addManifest(checkpoint, to: &writer)
    } catch {
      throw .library(error)
    }
    let file = writer.image(extraBytes: Trailer.byteCount)
    Trailer.seal(file)
    return file
  }

  private static func addTensors(_ checkpoint: Checkpoint, to writer: inout HDF5Writer) throws(HDF5Error) {
    try writer.addGroup(Layout.modelVariables)
    for parameter in checkpoint.parameters { try writer.add(parameter.tensor, at: parameter.path) }
    try writer.add(checkpoint.optimizer)
  }

  private static func addRunState(_ run: RunState, to writer: inout HDF5Writer) throws(HDF5Error) {
    let group = Layout.run
    try writer.addGroup(group)
    try writer.setAttribute(Layout.Attribute.formatVersion, of: group, to: Int64(Checkpoint.formatVersion))
    try writer.setAttribute(Layout.Attribute.producer, of: group, to: run.producer)
    try writer.setAttribute(Layout.Attribute.instructionSet, of: group, to: run.instructionSet)
    try writer.setAttribute(Layout.Attribute.epoch, of: group, to: Int64(run.epoch))
    try writer.setAttribute(Layout.Attribute.step, of: group, to: Int64(run.step))
    try writer.setAttribute(Layout.Attribute.batchesDone, of: group, to: Int64(run.batchesDone))
    try writer.setAttribute(Layout.Attribute.stepsPerEpoch, of: group, to: Int64(run.stepsPerEpoch))
    try writer.setAttribute(Layout.Attribute.seed, of: group, to: run.seed)
    try writer.setAttribute(Layout.Attribute.patience, of: group, to: Int64(run.patience))
    if let score = run.score { try writer.setAttribute(Layout.Attribute.score, of: group, to: score) }
    if let best = run.best {
      try writer.setAttribute(Layout.Attribute.bestMetric, of: group, to: best.metric)
      try writer.setAttribute(Layout.Attribute.bestValue, of: group, to: best.value)
      try writer.setAttribute(Layout.Attribute.bestStep, of: group, to: Int64(best.step))
    }
    let config = Array(run.config.utf8)
    try writer.addDataset(Layout.config, dimensions: [config.count], values: config)
    try writer.addDataset(
      Layout.dataFingerprint, dimensions: [run.dataFingerprint.count], values: run.dataFingerprint)
    try writer.addDataset(Layout.inputScale, dimensions: [run.inputScale.count], values: run.inputScale)
    try writer.addDataset(Layout.inputOffset, dimensions: [run.inputOffset.count], values: run.inputOffset)
    let history = run.history
    try addNames(history.columns, at: Layout.historyColumns, to: &writer)
    try writer.addDataset(
      Layout.historyValues, dimensions: [history.rows.count, history.columns.count], values: history.rows.flatMap { $0 }
    )
    try addNames(run.epochSums.map(\.name), at: Layout.epochSumNames, to: &writer)
    try writer.addDataset(
      Layout.epochSumValues, dimensions: [run.epochSums.count], values: run.epochSums.map(\.value))
  }

  private static func addManifest(_ checkpoint: Checkpoint, to writer: inout HDF5Writer) throws(HDF5Error) {
    let variables = checkpoint.optimizer.variables
    let paths = checkpoint.parameters.map(\.path) + variables.indices.map(OptimizerState.path(ofVariable:))
    let shapes = checkpoint.parameters.map(\.tensor.shape) + variables.map(\.shape)
    try addNames(paths, at: Layout.manifestPaths, to: &writer)
    try writer.addDataset(
      Layout.manifestShapes, dimensions: [shapes.count, Layout.largestRank], values: shapes.flatMap(Layout.row(of:)))
  }

  private static func addNames(
    _ names: [String], at path: String, to writer: inout HDF5Writer
  ) throws(HDF5Error) {
    try writer.addStrings(path, names, bytesEach: max(1, names.map(\.utf8.count).max() ?? 1))
  }

  /// Refuses what the reader would refuse, so that no file is written that cannot be read.
  private static func validate(_ checkpoint: Checkpoint) throws(WriteError.Cause) {
    var paths: Set<String> = []
    for parameter in checkpoint.parameters {
      if let problem = Layout.problem(withPath: parameter.path) {
        throw .invalid(item: parameter.path, found: problem)
      }
      guard paths.insert(parameter.path).inserted else {
        throw .invalid(item: parameter.path, found: "two parameters of this path")
      }
    }
    for tensor in checkpoint.parameters.map(\.tensor) + checkpoint.optimizer.variables
    where tensor.shape.rank > Layout.largestRank {
      throw .invalid(item: "a tensor", found: "\(tensor.shape.rank) axes, more than \(Layout.largestRank)")
    }
    let run = checkpoint.run
    let names =
      [checkpoint.optimizer.name, run.producer, run.instructionSet, run.best?.metric ?? ""] + run.history.columns
      + run.epochSums.map(\.name)
    for name in names {
      if let problem = Layout.problem(withName: name) { throw .invalid(item: "the name '\(name)'", found: problem) }
    }
    for (item, names) in [("history", run.history.columns.count), ("epoch_sums", run.epochSums.count)]
    where names > Layout.mostNames {
      throw .invalid(item: item, found: "\(names) names, more than \(Layout.mostNames)")
    }
    let counts = [
      ("epoch", run.epoch), ("step", run.step), ("batches_done", run.batchesDone), ("patience", run.patience),
      ("steps_per_epoch", run.stepsPerEpoch),
      ("best_step", run.best?.step ?? 0), ("iteration", checkpoint.optimizer.iterations),
    ]
    guard run.inputScale.count == run.inputOffset.count else {
      throw .invalid(item: "input_offset", found: "\(run.inputOffset.count) offsets for \(run.inputScale.count) scales")
    }
    for (name, count) in counts {
      if let problem = Layout.problem(withCount: count) { throw .invalid(item: name, found: problem) }
    }
  }
}
