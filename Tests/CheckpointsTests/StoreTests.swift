import Checkpoints
import Foundation
import Synchronization
import Testing

@Suite("A store saves in the background and finds the newest good checkpoint")
struct StoreTests {
  private let directory = TemporaryDirectory()

  @Test("Save, finish, find")
  func saveAndFind() throws {
    let store = try CheckpointStore(directory: directory.path)
    try store.save(Fixtures.checkpoint(step: 938))
    let saved = try store.finish()
    #expect(saved.map(\.step) == [938])
    #expect(saved[0].path == directory.file("step-00000938.weights.h5"))
    #expect(saved[0].outcome == .durable)
    #expect(saved[0].bytes == Bytes.read(saved[0].path).count)
    #expect(saved[0].seconds > 0)
    #expect(directory.names == ["step-00000938.weights.h5"])
    let search = try store.newestGood()
    #expect(search.found?.checkpoint == Fixtures.checkpoint(step: 938))
    #expect(search.found?.path == saved[0].path)
    #expect(search.skipped.isEmpty)
    #expect(try CheckpointStore.load(saved[0].path) == Fixtures.checkpoint(step: 938))
    #expect(try store.finish().isEmpty)
  }

  @Test("Saving the same step again replaces the file")
  func sameStep() throws {
    let store = try CheckpointStore(directory: directory.path)
    try store.save(Fixtures.checkpoint(step: 7))
    try store.save(Fixtures.checkpoint(step: 7, score: 0.5))
    #expect(try store.finish().map(\.step) == [7, 7])
    #expect(try store.newestGood().found?.checkpoint.run.score == 0.5)
  }

  @Test("Overlapping saves are made one at a time, in the order of the calls")
  func order() throws {
    let open = Mutex((now: 0, most: 0))
    var fileSystem = FileSystem.system
    fileSystem.create = { path throws(SystemError) in
      open.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      usleep(2000)
      return try FileSystem.system.create(path)
    }
    fileSystem.flushDirectory = { path throws(SystemError) in
      try FileSystem.system.flushDirectory(path)
      open.withLock { $0.now = max(0, $0.now - 1) }
    }
    let store = try CheckpointStore(
      directory: directory.path, retention: Retention(keepLast: 100), fileSystem: fileSystem)
    open.withLock { $0 = (0, 0) }
    // Steps that fall, so that order of calls and order of steps differ.
    let steps = Array(stride(from: 30, through: 1, by: -1))
    for step in steps { try store.save(Fixtures.checkpoint(step: step)) }
    #expect(try store.finish().map(\.step) == steps)
    #expect(open.withLock { $0.most } == 1)
    #expect(try store.list().map(\.step) == steps)
  }

  @Test("The newest is the one with the highest step, whatever the clock says")
  func clock() throws {
    for step in [300, 99_999_999, 100_000_000, 200] {
      let name = CheckpointDirectory.name(ofStep: step)
      Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: step)), to: directory.file(name))
    }
    let files = CheckpointDirectory(directory.path)
    #expect(try files.list().map(\.step) == [100_000_000, 99_999_999, 300, 200])
    #expect(try files.newestGood().found?.checkpoint.run.step == 100_000_000)
  }

  @Test("A directory that does not exist or holds no checkpoint")
  func nothingThere() throws {
    #expect(try CheckpointDirectory(directory.file("absent")).newestGood().found == nil)
    #expect(try CheckpointDirectory(directory.path).newestGood().found == nil)
    #expect(throws: CheckpointError.self) { try CheckpointDirectory("/dev/null").list() }
  }

  @Test("What must be durable before is done before, and its failure is the save's")
  func preparation() throws {
    struct Full: Error, CustomStringConvertible { let description = "cannot flush the log" }
    let store = try CheckpointStore(directory: directory.path)
    let path = directory.file("step-00000001.weights.h5")
    try store.save(Fixtures.checkpoint(step: 1), after: { throw Full() })
    #expect(throws: WriteError(path: path, cause: .preparation("cannot flush the log"))) { try store.finish() }
    #expect(directory.names.isEmpty)

    let wasThere = Mutex<Bool?>(nil)
    try store.save(
      Fixtures.checkpoint(step: 1), after: { wasThere.withLock { $0 = access(path, F_OK) == 0 } })
    #expect(try store.finish().map(\.step) == [1])
    #expect(wasThere.withLock { $0 } == false)
  }

  @Test("A run directory behind a symbolic link, and one that has to be made")
  func linkedDirectory() throws {
    let link = directory.file("link")
    symlink(directory.path, link)
    let store = try CheckpointStore(directory: link)
    try store.save(Fixtures.checkpoint(step: 1))
    _ = try store.finish()
    #expect(directory.names == ["link", "step-00000001.weights.h5"])

    let deep = "\(directory.path)/a"
    _ = try CheckpointStore(directory: "\(deep)/b/c")
    #expect(rmdir("\(deep)/b/c") == 0)
    #expect(rmdir("\(deep)/b") == 0)
    #expect(rmdir(deep) == 0)
  }

  @Test("File names")
  func names() {
    #expect(CheckpointDirectory.name(ofStep: 938) == "step-00000938.weights.h5")
    #expect(CheckpointDirectory.name(ofStep: 1_234_567_890) == "step-1234567890.weights.h5")
    #expect(CheckpointDirectory.step(inName: "step-00000938.weights.h5") == 938)
    #expect(CheckpointDirectory.step(inName: "step-1234567890.weights.h5") == 1_234_567_890)
    for name in [
      "step-938.weights.h5", "step-000000938.weights.h5", "step--0000938.weights.h5", "step-+0000938.weights.h5",
      "step-00000938.weights.h5.bak", ".step-00000938.weights.h5", "step-.weights.h5", "step-weights.h5", "",
      "step-99999999999999999999.weights.h5",
    ] {
      #expect(CheckpointDirectory.step(inName: name) == nil, "\(name)")
    }
  }

  @Test("Three hundred saves and loads leave no file open")
  func descriptors() throws {
    func openFiles() -> [String] {
      TemporaryDirectory.names(in: "/proc/self/fd").map { descriptor in
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        return String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    }
    let before = openFiles().count
    let store = try CheckpointStore(directory: directory.path)
    for step in 1...300 {
      try store.save(Fixtures.checkpoint(step: step))
      _ = try store.newestGood()
    }
    #expect(try store.finish().count == 300)
    let after = openFiles()
    #expect(!after.contains { $0.hasPrefix(directory.path) })
    // Other tests run meanwhile and have files of their own open, though not hundreds.
    #expect(after.count < before + 100)
  }
}
