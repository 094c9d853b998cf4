import Checkpoints
import Glibc
import Testing

@Suite("A file that is not, to the last bit, what was written is refused")
struct DamageTests {
  private let directory = TemporaryDirectory(inMemory: true)
  private let bytes: [UInt8]
  private let path: String

  init() throws {
    bytes = try Bytes.encode(Fixtures.checkpoint())
    path = directory.file("damaged.weights.h5")
  }

  private func reason(_ bytes: [UInt8]) -> CheckpointError.Reason? {
    Bytes.write(bytes, to: path)
    return loadReason(path)
  }

  private func loadReason(_ path: String) -> CheckpointError.Reason? {
    do throws(CheckpointError) {
      _ = try CheckpointStore.load(path)
      return nil
    } catch {
      return error.path == path ? error.reason : nil
    }
  }

  @Test("One bit flipped, in every byte")
  func flippedBits() {
    Bytes.write(bytes, to: path)
    #expect(loadReason(path) == nil)
    let file = open(path, O_WRONLY)
    defer { close(file) }
    var accepted: [Int] = []
    for (index, byte) in bytes.enumerated() {
      var flipped = byte ^ (1 << UInt8(index % 8))
      pwrite(file, &flipped, 1, off_t(index))
      if loadReason(path) == nil { accepted.append(index) }
      var original = byte
      pwrite(file, &original, 1, off_t(index))
    }
    #expect(accepted.isEmpty)
    #expect(loadReason(path) == nil)
  }

  @Test("Cut at every length; the message says how many bytes are missing")
  func cutFiles() {
    Bytes.write(bytes, to: path)
    var wrong: [String] = []
    for length in stride(from: bytes.count - 1, through: 0, by: -1) {
      truncate(path, off_t(length))
      let expected: CheckpointError.Reason =
        switch length {
        case 0: .empty
        // Too short to hold the length of the whole.
        case ..<48: .truncated(missing: nil)
        // The HDF5 part alone is what another program would have written.
        case bytes.count - 56: .foreign
        default: .truncated(missing: bytes.count - length)
        }
      let found = loadReason(path)
      if found != expected { wrong.append("\(length): \(String(describing: found))") }
    }
    #expect(wrong.isEmpty)
  }

  /// Searches a run whose newest checkpoint is damaged: whether exactly that file was passed over and the one before was found.
  ///
  /// - Parameter damage: called with the file's name and the number of the try; false ends the tries.
  private func everyTryFallsBack(damage: (String, Int) -> Bool) throws -> (tries: Int, wrong: [Int]) {
    let older = directory.file(CheckpointDirectory.name(ofStep: 500))
    let newest = directory.file(CheckpointDirectory.name(ofStep: 938))
    let olderBytes = try Bytes.encode(Fixtures.checkpoint(step: 500))
    let files = CheckpointDirectory(directory.path)
    var wrong: [Int] = []
    var tries = 0
    while true {
      Bytes.write(bytes, to: newest)
      guard damage(newest, tries) else { return (tries, wrong) }
      // The older one is read at some of the tries only: what is done with it does not depend on where the newer one is damaged.
      let hasOlder = tries % 61 == 0
      if hasOlder { Bytes.write(olderBytes, to: older) } else { unlink(older) }
      let search = try files.newestGood()
      if search.skipped.map(\.path) != [newest] || search.found?.checkpoint.run.step != (hasOlder ? 500 : nil) {
        wrong.append(tries)
      }
      tries += 1
    }
  }

  @Test("A search passes over a file with a flipped bit, in every byte, names it, and finds the one before")
  func searchAfterFlips() throws {
    let result = try everyTryFallsBack { path, number in
      guard number < bytes.count else { return false }
      let file = open(path, O_WRONLY)
      defer { close(file) }
      var flipped = bytes[number] ^ (0x80 >> UInt8(number % 8))
      return pwrite(file, &flipped, 1, off_t(number)) == 1
    }
    #expect(result.tries == bytes.count)
    #expect(result.wrong.isEmpty)
    print("a bit flipped in each of \(result.tries) bytes, \(result.wrong.count) accepted")
  }

  @Test("… and one that is cut, at every length")
  func searchAfterCuts() throws {
    let result = try everyTryFallsBack { path, number in
      number < bytes.count && truncate(path, off_t(number)) == 0
    }
    #expect(result.tries == bytes.count)
    #expect(result.wrong.isEmpty)
  }

  @Test("Bytes after the end", arguments: [1, 55, 56, 57, 4096])
  func trailingBytes(count: Int) {
    #expect(reason(bytes + [UInt8](repeating: 0, count: count)) == .trailingBytes(count))
  }

  @Test("A second copy after the end")
  func twoCopies() {
    #expect(reason(bytes + bytes) == .damaged)
  }

  @Test("Files of something else")
  func otherFiles() {
    #expect(reason([]) == .empty)
    #expect(reason([UInt8](repeating: 0, count: 1 << 20)) == .notHDF5)
    #expect(reason(Array("{\"name\": \"mnist\"}".utf8)) == .notHDF5)
    #expect(reason(Array(bytes.dropLast(56))) == .foreign)
    #expect(reason(bytes.suffix(56)) == .notHDF5)
  }

  @Test("A later trailer is named as such only where its checksum is right")
  func laterTrailer() {
    var later = bytes
    later[later.count - 56 + 8] = 2
    #expect(reason(later) == .damaged)
    #expect(reason(Seal.redigested(later)) == .newerFormat(found: 2, supported: 1))
  }

  @Test("Things that are not files", .timeLimit(.minutes(1)))
  func notFiles() {
    #expect(loadReason(directory.path) == .notAFile)
    #expect(loadReason(directory.file("absent")) == .missing)
    let pipe = directory.file("pipe")
    mkfifo(pipe, 0o600)
    #expect(loadReason(pipe) == .notAFile)
    #expect(loadReason("/dev/zero") == .notAFile)
  }

  @Test("A file over the limit is refused before it is read; a hollow one of a terabyte too")
  func largeFiles() throws {
    Bytes.write(bytes, to: path)
    #expect(throws: CheckpointError(path: path, reason: .tooLarge(bytes: bytes.count, limit: 100))) {
      try CheckpointReader(limit: 100).load(path)
    }
    truncate(path, 1 << 40)
    #expect(loadReason(path) == .tooLarge(bytes: 1 << 40, limit: 1 << 36))
    truncate(path, 1 << 35)
    #expect(loadReason(path) == .trailingBytes(1 << 35 - bytes.count))
  }

  @Test("A search passes over damaged files, newest first, and says why")
  func fallsBack() throws {
    let store = CheckpointDirectory(directory.path)
    for step in [100, 200, 300, 400] {
      let name = CheckpointDirectory.name(ofStep: step)
      Bytes.write(try Bytes.encode(Fixtures.checkpoint(step: step)), to: directory.file(name))
    }
    truncate(directory.file("step-00000400.weights.h5"), off_t(bytes.count - 10))
    var flipped = Bytes.read(directory.file("step-00000300.weights.h5"))
    flipped[flipped.count / 2] ^= 1
    Bytes.write(flipped, to: directory.file("step-00000300.weights.h5"))
    let search = try store.newestGood()
    #expect(search.found?.checkpoint == Fixtures.checkpoint(step: 200))
    #expect(
      search.skipped.map(\.description) == [
        "\(directory.path)/step-00000400.weights.h5: cut short: 10 bytes are missing; use an older checkpoint",
        "\(directory.path)/step-00000300.weights.h5: damaged: the checksum does not match its bytes; "
          + "use an older checkpoint",
      ])
  }

  @Test("A file under another step's name is passed over")
  func renamedFile() throws {
    Bytes.write(bytes, to: directory.file("step-00009999.weights.h5"))
    let search = try CheckpointDirectory(directory.path).newestGood()
    #expect(search.found == nil)
    #expect(
      search.skipped.map(\.reason) == [
        .invalid(item: "the file's name", found: "it holds step 938; was it renamed?")
      ])
  }
}
