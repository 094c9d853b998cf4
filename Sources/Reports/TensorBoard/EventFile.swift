import Synchronization

/// An event file that is being written: created under a name of its own, then only growing.
///
/// Bytes wait in memory as a log's do (`LogFile`), so that a failed write loses nothing.
struct EventFile: ~Copyable {
  private var file: LogFile
  private let directory: String
  private let name = Name()
  /// Tags whose meaning was written.
  private var explained: Set<String> = []

  /// Whether the file's name is on the disk; until the first checkpoint that can wait.
  private final class Name: Sendable {
    let isDurable = Atomic<Bool>(false)
  }

  /// Creates a file behind all event files of a directory.
  ///
  /// - Parameters:
  ///   - names: of the directory's files.
  ///   - now: seconds since 1970.
  init(in directory: String, beside names: [String], now: Double) throws(MetricsLogError) {
    let name = EventFileName.new(beside: names, now: Int(now))
    file = try LogFile(creatingNew: directory + "/" + name)
    self.directory = directory
    append(Event(wallTime: now, step: 0, content: .fileVersion))
  }

  /// Puts an event behind those before, for now in memory. Of each tag, the first value alone keeps its summary.
  mutating func append(_ event: Event) {
    var event = event
    if case .values(var values) = event.content {
      for index in values.indices where !explained.insert(values[index].tag).inserted { values[index].summary = nil }
      event.content = .values(values)
    }
    file.append(event.record)
  }

  mutating func flush() throws(MetricsLogError) { try file.flush() }

  /// Hands the events to the system.
  ///
  /// - Returns: what waits until they, and the file's name, are on the disk; for one thread at a time.
  mutating func synchronization() throws(MetricsLogError) -> @Sendable () throws(MetricsLogError) -> Void {
    let synchronize = try file.synchronization()
    let (name, directory) = (name, directory)
    return { () throws(MetricsLogError) in
      try synchronize()
      guard !name.isDurable.load(ordering: .acquiring) else { return }
      try synchronizeDirectory(directory)
      name.isDurable.store(true, ordering: .releasing)
    }
  }
}
