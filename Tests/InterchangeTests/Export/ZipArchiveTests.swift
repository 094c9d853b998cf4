import Foundation
import Interchange
import Tensors
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

@Suite("ZIP archives")
struct ZipArchiveTests {
  /// What Python's zipfile writes for `ZipInfo("a/b.txt", (1980, 1, 1, 0, 0, 0))` with `external_attr = 0o100644 << 16`.
  private static let golden =
    "504b0304140000000000000021002639f4cb090000000900000007000000612f622e747874313233343536373839"
    + "504b01021403140000000000000021002639f4cb090000000900000007000000000000000000"
    + "0000a48100000000612f622e747874504b05060000000001000100350000002e0000000000"

  private static let noise = Storage((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })

  /// Two files and an empty one.
  private static var archive: ZipArchive {
    var archive = ZipArchive()
    archive.add("metadata.json", #"{"a": 1}"#)
    archive.add("empty", Storage<UInt8>([]))
    archive.add("folder/bytes", noise)
    return archive
  }

  @Test("One file, byte by byte")
  func bytes() {
    var archive = ZipArchive()
    archive.add("a/b.txt", "123456789")
    let bytes = archive.bytes().array()
    #expect(bytes.count == archive.byteCount)
    #expect(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == Self.golden)
  }

  @Test("No file at all")
  func empty() {
    #expect(ZipArchive().bytes().array() == [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
  }

  @Test("Equal files give equal archives")
  func deterministic() {
    #expect(Self.archive.bytes().array() == Self.archive.bytes().array())
  }

  @Test(
    "Python finds every file and its checksum",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3, onnx and onnxruntime"))
  func readByPython() throws {
    let scratch = try Scratch()
    try scratch.write(Self.archive.bytes(), to: "a.zip")
    let text = try #require(try ExportedModelTests.open(["zip", scratch["a.zip"]]))
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map { $0[0] } == ["metadata.json", "empty", "folder/bytes"])
    #expect(lines.map { $0[1] } == ["8", "0", "70000"])
    var hash = SHA256()
    hash.update(Self.noise.view)
    let digest = SHA256.hexadecimal(hash.finish())
    #expect(lines.last?.last == digest)
  }

  @Test("unzip finds no fault")
  func readByUnzip() throws {
    let program = "/usr/bin/unzip"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      print("skipped: no \(program)")
      return
    }
    let scratch = try Scratch()
    try scratch.write(Self.archive.bytes(), to: "a.zip")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-tq", scratch["a.zip"]]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
