/// One of a run's two log files, from its first row to its last, over any number of resumes.
struct MetricsFile: ~Copyable {
  private let format: MetricsFormat
  private let columns: MetricsColumns
  private var file: LogFile
  /// Newest rows in the file: a row at or before them is there already.
  private var lastStep: Int
  private var lastEpoch: Int

  /// Opens the log and cuts off what a resume at `firstStep` will report again: rows of later steps, and a line that a crash cut short.
  ///
  /// The shortened log takes the place of the old one in one step, so that rows up to `firstStep` are there at any moment.
  init(
    _ path: String, in directory: String, format: MetricsFormat, columns: MetricsColumns, firstStep: Int
  ) throws(MetricsLogError) {
    let partial = path + ".partial"
    let kept: Kept
    do throws(MetricsLogError) {
      kept = try Self.copy(path, to: partial, format: format, columns: columns, firstStep: firstStep)
      if kept.isChanged { try renameFile(partial, to: path) } else { removeFile(partial) }
    } catch {
      removeFile(partial)
      throw error
    }
    let file = try LogFile(appendingTo: path)
    try synchronizeDirectory(directory)

    self.format = format
    self.columns = columns
    self.file = file
    (lastStep, lastEpoch) = (kept.lastStep, kept.lastEpoch)
  }

  /// Adds a row; none that the file holds already.
  mutating func append(_ row: MetricsRow) {
    switch row.kind {
    case .step:
      if row.step <= lastStep { return }
      lastStep = row.step
    case .epoch:
      if row.epoch <= lastEpoch { return }
      lastEpoch = row.epoch
    }
    file.append(format.line(row, columns))
  }

  mutating func flush() throws(MetricsLogError) { try file.flush() }

  mutating func synchronization() throws(MetricsLogError) -> @Sendable () throws(MetricsLogError) -> Void {
    try file.synchronization()
  }

  /// Whether a log that is there can be continued.
  ///
  /// - Throws: `MetricsLogError.otherColumns`, `notAFile`, `system`.
  static func check(_ path: String, format: MetricsFormat, columns: MetricsColumns) throws(MetricsLogError) {
    let header = format.header(columns)
    guard !header.isEmpty, var file = try LineReader(path), let found = try file.next()?.bytes else { return }
    if found != header { throw .otherColumns(path: path) }
  }

  /// What a copy kept.
  private struct Kept {
    var lastStep = 0
    var lastEpoch = 0
    /// Whether the copy differs from the original.
    var isChanged = false
  }

  private static func copy(
    _ path: String, to partial: String, format: MetricsFormat, columns: MetricsColumns, firstStep: Int
  ) throws(MetricsLogError) -> Kept {
    var kept = Kept()
    var output = try LogFile(creating: partial)
    let header = format.header(columns)
    output.append(header)
    if var input = try LineReader(path) {
      if !header.isEmpty {
        if let found = try input.next()?.bytes {
          if found != header { throw .otherColumns(path: path) }
        } else {
          kept.isChanged = true
        }
      }
      while let next = try input.next() {
        guard let line = next.bytes, let position = format.position(of: line), position.step <= firstStep else {
          kept.isChanged = true
          continue
        }
        switch position.kind {
        case .step: kept.lastStep = max(kept.lastStep, position.step)
        case .epoch: kept.lastEpoch = max(kept.lastEpoch, position.epoch)
        }
        output.append(line)
        if output.pending >= 1 << 16 { try output.flush() }
      }
    } else {
      kept.isChanged = true
    }
    try output.synchronize()
    return kept
  }
}
