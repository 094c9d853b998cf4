import Synchronization

/// Tasks with deadlines: cancels those whose time is up. One timer looks at all of them, so that a deadline, of which a request has
/// several, costs a lock and no task of its own.
final class DeadlineWatch: Sendable {
  private struct Entry {
    var deadline: ContinuousClock.Instant?
    var task: Task<Void, Never>
  }

  /// How often it looks, and so how late it may be.
  private static let period = Duration.milliseconds(200)

  private let entries = Mutex<[Int: Entry]>([:])

  /// Looks until the task around it is cancelled.
  func run() async {
    while (try? await Task.sleep(for: DeadlineWatch.period)) != nil {
      let now = ContinuousClock.now
      let late = entries.withLock { $0.values.filter { $0.deadline.map { $0 < now } ?? false }.map(\.task) }
      for task in late { task.cancel() }
    }
  }

  /// Starts a task that can be given deadlines under a number.
  func start(_ id: Int, _ body: @escaping @Sendable () async -> Void) {
    // Under the lock, so that the task does not ask for a deadline before it is known.
    entries.withLock { entries in
      entries[id] = Entry(
        task: Task {
          await body()
          self.entries.withLock { $0[id] = nil }
        })
    }
  }

  /// Gives a task so long from now; nil for as long as it likes.
  func set(_ id: Int, _ time: Duration?) {
    let deadline = time.map { ContinuousClock.now + $0 }
    entries.withLock { $0[id]?.deadline = deadline }
  }

  /// Cancels some of the tasks.
  func cancel(where condition: (Int) -> Bool) {
    for (_, entry) in entries.withLock({ $0.filter { condition($0.key) } }) { entry.task.cancel() }
  }

  /// Tasks that have not ended.
  var count: Int { entries.withLock { $0.count } }
}
