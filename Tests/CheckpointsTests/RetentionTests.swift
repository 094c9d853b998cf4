import Checkpoints
import Glibc
import Synchronization
import Testing

@Suite("Only superfluous checkpoints of our own are removed")
struct RetentionTests {
  private let directory = TemporaryDirectory()

  private func steps(_ retention: Retention, _ saves: [(step: Int, score: Double?)]) throws -> [Int] {
    let store = try CheckpointStore(directory: directory.path, retention: retention)
    for save in saves { try store.save(Fixtures.checkpoint(step: save.step, score: save.score)) }
    #expect(try store.finish().allSatisfy { $0.notRemoved.isEmpty })
    return try store.list().map(\.step).sorted()
  }

  @Test("The last ones stay")
  func last() throws {
    #expect(try steps(Retention(keepLast: 2, keepBest: 0), (1...5).map { ($0, nil) }) == [4, 5])
  }

  @Test("The best ones stay beside them; of equals the earlier; without a score only as one of the last")
  func best() throws {
    let saves: [(step: Int, score: Double?)] = [
      (1, 0.5), (2, 0.9), (3, nil), (4, 0.9), (5, .nan), (6, 0.7), (7, nil),
    ]
    #expect(try steps(Retention(keepLast: 1, keepBest: 1), saves) == [2, 7])
  }

  @Test("Of several best ones each stays")
  func severalBest() throws {
    #expect(try steps(Retention(keepLast: 1, keepBest: 2), [(1, 0.5), (2, 0.9), (3, 0.8), (4, 0.1)]) == [2, 3, 4])
  }

  @Test("For a loss lower is better")
  func lowerIsBetter() throws {
    let retention = Retention(keepLast: 1, keepBest: 1, higherIsBetter: false)
    #expect(try steps(retention, [(1, 0.5), (2, 0.1), (3, 0.8), (4, 0.9)]) == [2, 4])
  }

  @Test("Checkpoints of an earlier process count and go too")
  func earlierProcess() throws {
    for (step, score) in [(1, 0.1), (2, 0.9), (3, 0.2), (4, 0.3)] {
      let name = CheckpointDirectory.name(ofStep: step)
      Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: step, score: score)), to: directory.file(name))
    }
    #expect(try steps(Retention(keepLast: 2, keepBest: 1), [(5, nil)]) == [2, 4, 5])
  }

  @Test("What was just saved stays even where newer steps lie beside it")
  func savedBelowNewer() throws {
    for step in [100, 200] {
      let name = CheckpointDirectory.name(ofStep: step)
      Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: step)), to: directory.file(name))
    }
    #expect(try steps(Retention(keepLast: 1, keepBest: 0), [(50, nil)]) == [50, 200])
  }

  @Test("Damaged, foreign and renamed files are neither counted nor touched")
  func foreignFiles() throws {
    var damaged = try Bytes.encode(Fixtures.checkpoint(step: 1))
    damaged[1000] ^= 1
    Bytes.write(damaged, to: directory.file("step-00000001.weights.h5"))
    Bytes.write([1, 2, 3], to: directory.file("step-00000002.weights.h5"))
    Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: 77)), to: directory.file("step-00000003.weights.h5"))
    Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: 4)), to: directory.file("best.weights.h5"))
    Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: 5)), to: directory.file("step-00000005.weights.h5.keep"))
    let before = directory.names
    _ = try steps(Retention(keepLast: 1, keepBest: 0), [(10, nil), (11, nil)])
    #expect(directory.names == before + ["step-00000011.weights.h5"])
  }

  @Test("What killed processes left half written goes at the start; what living ones write stays")
  func leftovers() throws {
    // Above the largest number a process can have on Linux (2²²).
    let dead = 99_999_999
    let gone = [
      ".step-00000001.weights.h5.lockstep-\(dead)-1-1.partial", ".config.json.lockstep-\(dead)-4294967295-25.partial",
      ".a-b.lockstep-\(dead)-7-1.partial",
      // This process's number, and not its run: in a container a successor often has its predecessor's number.
      ".step-00000002.weights.h5.lockstep-\(getpid())-1-1.partial",
    ]
    let stays = [
      ".config.json.lockstep-\(getppid())-1-1.partial", ".lockstep-\(dead)-1-x.partial", ".notes.partial",
      ".x.lockstep--1-1-1.partial", "notes.lockstep-\(dead)-1-1.partial", ".x.lockstep-\(dead)-1-1.partial.keep",
      ".x.lockstep-\(dead)-1.partial",
    ]
    for name in gone + stays { Bytes.write([1], to: directory.file(name)) }
    let living = Mutex<[String]>([])
    var fileSystem = FileSystem.system
    fileSystem.create = { path throws(SystemError) in
      living.withLock { $0.append(path) }
      return try FileSystem.system.create(path)
    }
    let store = try CheckpointStore(directory: directory.path, retention: Retention(), fileSystem: fileSystem)
    #expect(directory.names == stays.sorted())

    // A name that this very process is writing to.
    try store.save(Fixtures.checkpoint(step: 9))
    _ = try store.finish()
    let own = try #require(living.withLock { $0.last })
    Bytes.write([1], to: own)
    _ = try CheckpointStore(directory: directory.path)
    #expect(Bytes.read(own) == [1])
  }
}
