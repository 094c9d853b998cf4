import Checkpoints
import Foundation
import Testing

private let pathForOtherProcess = "LOCKSTEP_TEST_WRITE_CHECKPOINT"

@Suite("Equal states make equal files")
struct SameBytesTests {
  @Test("Two saves of one state, a clock tick apart")
  func sameProcess() throws {
    let first = try Bytes.encode(Fixtures.checkpoint())
    usleep(1_100_000)
    #expect(try Bytes.encode(Fixtures.checkpoint()) == first)
  }

  @Test("Saving what was loaded gives the file that was loaded")
  func loadedState() throws {
    let bytes = try Bytes.encode(Fixtures.checkpoint(score: 0.5))
    let directory = TemporaryDirectory()
    Bytes.write(bytes, to: directory.file("a"))
    #expect(try Bytes.encode(CheckpointStore.load(directory.file("a"))) == bytes)
  }

  @Test("Two processes")
  func otherProcess() throws {
    let directory = TemporaryDirectory()
    let path = directory.file("other.weights.h5")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--testing-library", "swift-testing", "--filter", "SameBytesTests/writeForOtherProcess"]
    process.environment = ProcessInfo.processInfo.environment.merging([pathForOtherProcess: path]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try Bytes.read(path) == Bytes.encode(Fixtures.checkpoint()))
  }

  @Test("Half of the test above", .enabled(if: ProcessInfo.processInfo.environment[pathForOtherProcess] != nil))
  func writeForOtherProcess() throws {
    let path = try #require(ProcessInfo.processInfo.environment[pathForOtherProcess])
    Bytes.write(try Bytes.encode(Fixtures.checkpoint()), to: path)
  }
}
