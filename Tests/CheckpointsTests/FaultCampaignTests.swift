import Checkpoints
import Glibc
import Tensors
import Testing

@Suite("A row of saves in which the n-th call fails, for every n, once or from then on")
struct FaultCampaignTests {
  private static let scenario = SaveScenario(
    "keep two and the best", [(200, 0.5), (300, 0.9), (400, 0.7), (500, nil), (600, 0.1)],
    Retention(keepLast: 2, keepBest: 1))
  /// What an earlier run left.
  private static let earlier = Fixtures.checkpoint(step: 100, score: 0.6)

  /// Runs the scenario under each fault in turn, until one lies beyond the last call.
  private func forEveryCall(
    _ code: Int32, persistent: Bool, shortWrites: Bool = false,
    _ check: (Int, TemporaryDirectory, [String], [Int: AtomicFile.Outcome], [Int: WriteError]) throws -> Void
  ) throws -> Int {
    for number in 1...1000 {
      let directory = TemporaryDirectory(inMemory: true)
      let earlier = directory.file(CheckpointDirectory.name(ofStep: Self.earlier.run.step))
      Bytes.write(try Bytes.encode(Self.earlier), to: earlier)
      var base = FileSystem.unflushed
      if shortWrites {
        base.write = { file, path, bytes throws(SystemError) in
          try FileSystem.system.write(file, path, bytes[0..<min(bytes.count, 5000)])
        }
      }
      let faulty = FaultyFileSystem(persistent ? .persistent(number) : .transient(number), code: code, over: base)
      let run = try Self.scenario.run(in: directory, over: faulty.fileSystem)
      if faulty.calls.count < number { return number - 1 }
      try check(number, directory, faulty.calls, run.outcomes, run.errors)
      expectNoEarlyRemoval(run.trace)
      expectNoSecondFlush(faulty.calls)
    }
    Issue.record("no run came to its end")
    return 0
  }

  @Test(
    "The newest good one is found, nothing is half written, and the next start tidies up",
    arguments: [ENOSPC, EIO, EROFS, EDQUOT, EINTR], [false, true])
  func everyCall(code: Int32, persistent: Bool) throws {
    var tries = 0
    for shortWrites in code == EIO || code == EINTR ? [false, true] : [false] {
      tries += try forEveryCall(code, persistent: persistent, shortWrites: shortWrites) {
        number, directory, calls, outcomes, errors in
        let context: Comment = "call \(number), \(calls[number - 1])"
        // Every save either is there or says why not.
        #expect(Set(outcomes.keys).union(errors.keys) == Set(Self.scenario.saved.indices), context)
        for error in errors.values {
          guard case .system(let cause) = error.cause else {
            Issue.record("\(error)")
            continue
          }
          #expect(cause.code == code, context)
        }
        let search = try CheckpointDirectory(directory.path).newestGood()
        #expect(search.skipped.isEmpty, context)
        let newest = outcomes.keys.max().map { Self.scenario.saved[$0] } ?? Self.earlier
        #expect(search.found?.checkpoint == newest, context)
        if !persistent { try expectOneLoss(code, outcomes, errors, context) }
        try expectCleanStart(directory, newest, context)
      }
    }
    print("\(tries) faults of errno \(code), \(persistent ? "lasting" : "once")")
    #expect(tries >= 36)
  }

  /// One failure costs one save at most; an interruption none.
  private func expectOneLoss(
    _ code: Int32, _ outcomes: [Int: AtomicFile.Outcome], _ errors: [Int: WriteError], _ context: Comment
  ) throws {
    // The store's own check of the directory is before all saves.
    if errors.count == Self.scenario.saved.count { return }
    let notDurable = outcomes.values.filter { $0 != .durable }.count
    #expect(errors.count + notDurable <= (code == EINTR ? 0 : 1), context)
  }

  /// Another process finds the directory as it should be.
  private func expectCleanStart(_ directory: TemporaryDirectory, _ newest: Checkpoint, _ context: Comment) throws {
    for name in directory.names where name.hasSuffix(".partial") {
      rename(directory.file(name), directory.file(name.replacing("-\(getpid())-", with: "-99999999-")))
    }
    let store = try CheckpointStore(directory: directory.path)
    #expect(!directory.names.contains { $0.hasSuffix(".partial") }, context)
    #expect(try store.newestGood().found?.checkpoint == newest, context)
  }

  /// Each removed checkpoint was older than one that is there and whose name and bytes had been flushed.
  private func expectNoEarlyRemoval(_ trace: [FileOperation]) {
    var flushed: Set<String> = []
    var renamed: Set<String> = []
    var durable: Set<Int> = []
    for operation in trace {
      switch operation {
      case .flush(let name): flushed.insert(name)
      case .rename(let source, let name) where flushed.contains(source): renamed.insert(name)
      case .flushDirectory: durable.formUnion(renamed.compactMap(CheckpointDirectory.step(inName:)))
      case .remove(let name):
        guard let step = CheckpointDirectory.step(inName: name) else { continue }
        #expect(durable.contains { $0 > step }, "\(name) went too early")
        durable.remove(step)
      default: break
      }
    }
  }

  /// What failed to be flushed is not flushed again: it is written anew, under another name.
  private func expectNoSecondFlush(_ calls: [String]) {
    let flushes = calls.filter { $0.hasPrefix("fsync .") }
    #expect(Set(flushes).count == flushes.count)
  }

  @Test("An interruption starts the write again with a new file; one that does not end is an error")
  func interruptions() throws {
    let directory = TemporaryDirectory()
    for number in 1...6 {
      let faulty = FaultyFileSystem(.transient(number), code: EINTR)
      let path = directory.file("a")
      #expect(try AtomicFile.write(Storage([1, 2, 3]), to: path, fileSystem: faulty.fileSystem) == .durable)
      #expect(Bytes.read(path) == [1, 2, 3])
      #expect(directory.names == ["a"])
      // A write goes on where it was, the directory is flushed once more, all else begins again.
      #expect(faulty.calls.filter { $0.hasPrefix("create") }.count == ([2, 6].contains(number) ? 1 : 2))
    }
    let endless = FaultyFileSystem(.persistent(1), code: EINTR)
    #expect(throws: WriteError.self) {
      try AtomicFile.write(Storage([1]), to: directory.file("b"), fileSystem: endless.fileSystem)
    }
    #expect(endless.calls.count == 10)
    #expect(directory.names == ["a"])
  }
}
