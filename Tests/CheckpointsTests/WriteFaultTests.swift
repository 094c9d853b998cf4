import Checkpoints
import Glibc
import Tensors
import Testing

@Suite("Whatever system call fails, the old checkpoint stays and the error says what happened")
struct WriteFaultTests {
  private static let oldName = "step-00000100.weights.h5"
  private static let newName = "step-00000200.weights.h5"

  /// Saves step 100 well, then step 200 under a fault; returns what the second save said and where.
  private func save(
    under fault: FaultyFileSystem.Fault, code: Int32, retention: Retention = Retention()
  ) throws -> (directory: TemporaryDirectory, calls: [String], saved: [SavedCheckpoint], error: WriteError?) {
    let directory = TemporaryDirectory()
    let faulty = FaultyFileSystem(code: code)
    let store = try CheckpointStore(
      directory: directory.path, retention: retention, fileSystem: faulty.fileSystem)
    try store.save(Fixtures.checkpoint(step: 100))
    _ = try store.finish()
    faulty.reset(fault)
    try store.save(Fixtures.checkpoint(step: 200))
    do throws(WriteError) {
      let saved = try store.finish()
      return (directory, faulty.calls, saved, nil)
    } catch {
      return (directory, faulty.calls, [], error)
    }
  }

  /// As SQLite does it: fails the 1st call, the 2nd, … until a run gets through without reaching the fault.
  private func forEveryCall(
    _ fault: (Int) -> FaultyFileSystem.Fault, code: Int32, retention: Retention = Retention(),
    _ check: (Int, TemporaryDirectory, [String], [SavedCheckpoint], WriteError?) throws -> Void
  ) throws -> Int {
    for number in 1...100 {
      let run = try save(under: fault(number), code: code, retention: retention)
      if run.calls.count < number { return number - 1 }
      try check(number, run.directory, run.calls, run.saved, run.error)
    }
    Issue.record("no run came to its end")
    return 0
  }

  @Test("The calls of a save, in the only order that survives a power cut at any moment")
  func order() throws {
    let run = try save(under: .none, code: EIO)
    let operations = run.calls.map { call in String(call.prefix { $0 != "." }) }
    let directoryName = run.directory.path.split(separator: "/").last ?? ""
    #expect(
      operations == ["create ", "write ", "fsync ", "close ", "rename ", "fsync directory \(directoryName)"])
  }

  @Test("One failure, at every call in turn", arguments: [ENOSPC, EIO, EROFS])
  func transientFaults(code: Int32) throws {
    let calls = try forEveryCall({ .transient($0) }, code: code) { number, directory, calls, saved, error in
      try expectOldIntact(directory)
      expectOneFlush(calls)
      if let error {
        // Before the change of name: as if nothing had been tried.
        #expect(directory.names == [Self.oldName])
        #expect(error.path == directory.file(Self.newName))
        #expect(error.leftover == nil)
        #expect("\(error)".hasPrefix("cannot write \(directory.file(Self.newName)): "))
        #expect("\(error)".hasSuffix("(errno \(code))"))
      } else {
        // After it: the file is there, and the report says that it may not last.
        #expect(number == 6)
        guard case .directoryNotFlushed = saved.first?.outcome else {
          Issue.record("call \(number) (\(calls[number - 1])) failed without a word")
          return
        }
        #expect(try CheckpointStore.load(directory.file(Self.newName)) == Fixtures.checkpoint(step: 200))
      }
    }
    // create, write, fsync, close, rename, fsync of the directory.
    #expect(calls == 6)
  }

  @Test("A failure that lasts, from every call on")
  func persistentFaults() throws {
    let calls = try forEveryCall({ .persistent($0) }, code: EIO) { number, directory, calls, saved, error in
      try expectOldIntact(directory)
      expectOneFlush(calls)
      // The temporary file cannot be removed either; the error names it.
      let partial = partialFiles(directory)
      #expect(partial.count == ((2...5).contains(number) ? 1 : 0))
      #expect(error?.leftover == partial.first)
      #expect((error == nil) == (number == 6))
      #expect(saved.isEmpty == (error != nil))
    }
    #expect(calls == 6)
  }

  @Test("Older checkpoints go only after the newer one is sure to stay")
  func retentionUnderFaults() throws {
    let keepOne = Retention(keepLast: 1, keepBest: 0)
    let calls = try forEveryCall({ .transient($0) }, code: EIO, retention: keepOne) {
      number, directory, _, saved, error in
      try expectOldIntact(directory)
      // Call 7 is the removal of the old one: its failure is reported and does no harm.
      if number == 7 {
        #expect(error == nil)
        #expect(saved.first?.outcome == .durable)
        #expect(saved.first?.notRemoved.map(\.path) == [directory.file(Self.oldName)])
      }
    }
    #expect(calls == 7)
    let run = try save(under: .none, code: EIO, retention: keepOne)
    #expect(run.directory.names == [Self.newName])
  }

  @Test("After a failed save the next one works")
  func recovery() throws {
    let directory = TemporaryDirectory()
    let faulty = FaultyFileSystem()
    let store = try CheckpointStore(
      directory: directory.path, retention: Retention(), fileSystem: faulty.fileSystem)
    faulty.reset(.transient(2))
    try store.save(Fixtures.checkpoint(step: 100))
    #expect(throws: WriteError.self) { try store.save(Fixtures.checkpoint(step: 200)) }
    #expect(directory.names.isEmpty)
    try store.save(Fixtures.checkpoint(step: 200))
    #expect(try store.finish().map(\.step) == [200])
    #expect(directory.names == [Self.newName])
  }

  @Test("Short writes and interruptions leave the file as it should be")
  func shortWrites() throws {
    let directory = TemporaryDirectory()
    var fileSystem = FileSystem.system
    let interrupted = FaultyFileSystem(.transient(3), code: EINTR).fileSystem.write
    fileSystem.write = { file, path, bytes throws(SystemError) in
      try interrupted(file, path, bytes[0..<min(bytes.count, 1000)])
    }
    let bytes = try CheckpointEncoder.encode(Fixtures.checkpoint())
    #expect(try AtomicFile.write(bytes, to: directory.file("a"), fileSystem: fileSystem) == .durable)
    #expect(try Bytes.read(directory.file("a")) == Bytes.encode(Fixtures.checkpoint()))
  }

  @Test("A disk that takes nothing and reports nothing is an error, not an endless loop", .timeLimit(.minutes(1)))
  func emptyWrites() throws {
    let directory = TemporaryDirectory()
    var fileSystem = FileSystem.system
    fileSystem.write = { _, _, _ in 0 }
    #expect(throws: WriteError.self) {
      try AtomicFile.write(Storage([1, 2, 3]), to: directory.file("a"), fileSystem: fileSystem)
    }
    #expect(directory.names.isEmpty)
  }

  @Test("A symbolic link planted at the temporary name is not followed")
  func plantedLink() throws {
    let directory = TemporaryDirectory()
    let victim = directory.file("victim")
    Bytes.write([1, 2, 3], to: victim)
    var fileSystem = FileSystem.system
    fileSystem.create = { path throws(SystemError) in
      symlink(victim, path)
      return try FileSystem.system.create(path)
    }
    do throws(WriteError) {
      _ = try AtomicFile.write(Storage([9]), to: directory.file("a"), fileSystem: fileSystem)
      Issue.record("the link was followed")
    } catch {
      guard case .system(let cause) = error.cause else {
        Issue.record("another error: \(error)")
        return
      }
      #expect(cause.code == EEXIST)
    }
    #expect(Bytes.read(victim) == [1, 2, 3])
    #expect(!directory.names.contains("a"))
  }

  @Test("A directory that cannot be written is refused before the first step")
  func unusableDirectories() throws {
    let directory = TemporaryDirectory()
    Bytes.write([], to: directory.file("file"))
    for path in [directory.file("file"), directory.file("file/below"), "/proc/lockstep"] {
      #expect(throws: WriteError.self) { try CheckpointStore(directory: path) }
    }
    let faulty = FaultyFileSystem(.transient(1), code: EROFS)
    #expect(throws: WriteError.self) {
      try CheckpointStore(directory: directory.path, retention: Retention(), fileSystem: faulty.fileSystem)
    }
  }

  private func partialFiles(_ directory: TemporaryDirectory) -> [String] {
    directory.names.filter { $0.hasSuffix(".partial") }.map(directory.file)
  }

  private func expectOneFlush(_ calls: [String]) {
    let flushes = calls.filter { $0.hasPrefix("fsync .") }
    #expect(flushes.count <= 1, "fsync was repeated: \(calls)")
  }

  private func expectOldIntact(_ directory: TemporaryDirectory) throws {
    #expect(try CheckpointStore.load(directory.file(Self.oldName)) == Fixtures.checkpoint(step: 100))
  }
}
