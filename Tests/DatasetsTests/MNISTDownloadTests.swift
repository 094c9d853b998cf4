import Datasets
import Foundation
import Tensors
import Testing

/// Mirrors are folders here, which curl reads by `file://` with the same options.
@Suite("Fetching MNIST") struct MNISTDownloadTests {
  private let directory: TemporaryDirectory
  private let content: [UInt8]
  private let file: MNISTDownload.File

  init() throws {
    directory = try TemporaryDirectory()
    content = IDXBytes.make([40, 6, 7])
    file = MNISTDownload.File(
      name: "train-images-idx3-ubyte.gz", contentByteCount: content.count,
      contentDigest: SHA256.hexadecimal(content.withUnsafeBytes { SHA256.digest(of: $0) }))
  }

  /// A mirror that holds the file with these bytes.
  private func mirror(_ name: String, _ bytes: [UInt8]) throws -> String {
    try FileManager.default.createDirectory(atPath: directory(name), withIntermediateDirectories: true)
    try directory.write("\(name)/\(file.name)", bytes)
    return "file://\(directory(name))/"
  }

  private func download(from mirrors: [String], environment: [String: String]? = nil) -> MNISTDownload {
    MNISTDownload(
      directory: directory("target/mnist"), mirrors: mirrors, files: [file],
      environment: environment ?? ProcessInfo.processInfo.environment)
  }

  /// Runs it and returns its events without the running count of bytes.
  @discardableResult
  private func run(_ download: MNISTDownload) throws -> [MNISTDownload.Event] {
    var events: [MNISTDownload.Event] = []
    try download.run { event in
      if case .received = event { return }
      events.append(event)
    }
    return events
  }

  private func place(_ name: String, _ bytes: [UInt8]) throws {
    try FileManager.default.createDirectory(atPath: directory("target/mnist"), withIntermediateDirectories: true)
    try directory.write("target/mnist/\(name)", bytes)
  }

  private var target: String { "target/mnist/\(file.name)" }
  private var partial: String { target + ".partial" }

  @Test("takes the first mirror that has the file, and keeps what is right") func fetch() throws {
    let compressed = GzipBytes.member(content)
    let url = try mirror("good", compressed)
    let dead = "file://\(directory("none"))/"
    let events = try run(download(from: [dead, url]))
    try #require(events.count == 4)
    #expect(events[0] == .started(file: file.name, url: dead + file.name, resumedAt: 0))
    guard case .failed(file.name, dead + file.name, let reason) = events[1] else {
      Issue.record("expected the first mirror to fail: \(events[1])")
      return
    }
    #expect(reason.hasPrefix("curl: (37) "))
    #expect(events[2] == .started(file: file.name, url: url + file.name, resumedAt: 0))
    #expect(events[3] == .finished(file: file.name, bytes: compressed.count))
    #expect(try directory.read(target) == compressed)
    #expect(!directory.has(partial))
    #expect(try run(download(from: [])) == [.kept(file: file.name)])
  }

  @Test("takes the content however it is compressed") func recompressed() throws {
    let members = GzipBytes.member(Array(content[..<99]), name: "x") + GzipBytes.member(Array(content[99...]))
    for bytes in [members, content] {
      try run(download(from: [mirror("mirror", bytes)]))
      #expect(try directory.read(target) == bytes)
      try FileManager.default.removeItem(atPath: directory(target))
    }
  }

  @Test("continues a partial file") func resume() throws {
    let compressed = GzipBytes.member(content)
    try place(file.name + ".partial", Array(compressed[..<500]))
    // Only what is behind byte 500 is right at this mirror.
    let url = try mirror("mirror", [UInt8](repeating: 7, count: 500) + compressed[500...])
    #expect(
      try run(download(from: [url])) == [
        .started(file: file.name, url: url + file.name, resumedAt: 500),
        .finished(file: file.name, bytes: compressed.count),
      ])
    #expect(try directory.read(target) == compressed)
  }

  @Test("starts over where the partial file was no beginning", arguments: [100, 100_000]) func stale(length: Int) throws
  {
    let compressed = GzipBytes.member(content)
    try place(file.name + ".partial", [UInt8](repeating: 9, count: length))
    let url = try mirror("mirror", compressed)
    let events = try run(download(from: [url]))
    #expect(events.contains(.started(file: file.name, url: url + file.name, resumedAt: 0)))
    #expect(try directory.read(target) == compressed)
  }

  @Test("needs no mirror for a partial file that is whole") func complete() throws {
    try place(file.name + ".partial", GzipBytes.member(content))
    try run(download(from: []))
    #expect(directory.has(target) && !directory.has(partial))
  }

  @Test("replaces a damaged file") func damaged() throws {
    var bytes = GzipBytes.member(content)
    bytes[300] ^= 4
    try place(file.name, bytes)
    try run(download(from: [mirror("mirror", GzipBytes.member(content))]))
    #expect(try directory.read(target) == GzipBytes.member(content))
  }

  @Test("passes over a mirror whose file is wrong") func wrong() throws {
    var changed = content
    changed[20] ^= 1
    let bad: [[UInt8]] = [
      GzipBytes.member(changed), GzipBytes.member(content).dropLast(9), Array("<html>".utf8),
      // Longer than the file can be: not even downloaded.
      [UInt8](repeating: 0, count: 100_000),
    ]
    var mirrors: [String] = []
    for (index, bytes) in bad.enumerated() { mirrors.append(try mirror("bad\(index)", bytes)) }
    let error = #expect(throws: DownloadError.self) { try run(download(from: mirrors)) }
    guard case .noMirror(file.name, directory("target/mnist"), let failures) = error else {
      Issue.record("expected every mirror to fail: \(String(describing: error))")
      return
    }
    let mismatch = "what it sent is not MNIST's train-images-idx3-ubyte.gz: its content has another SHA-256"
    #expect(failures.map(\.url) == mirrors.map { $0 + file.name })
    #expect(failures.map(\.reason).prefix(3) == [mismatch, mismatch, mismatch])
    #expect(directory.contents.contains("target"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory("target/mnist")) == [])
    try run(download(from: mirrors + [mirror("good", GzipBytes.member(content))]))
    #expect(try directory.read(target) == GzipBytes.member(content))
  }

  @Test("says what to do without a network") func offline() throws {
    // Nobody listens on port 1 of this machine.
    let error = #expect(throws: DownloadError.self) { try run(download(from: ["http://127.0.0.1:1/mnist/"])) }
    let text = error?.description ?? ""
    #expect(
      text.hasPrefix(
        "could not fetch train-images-idx3-ubyte.gz from any mirror "
          + "(http://127.0.0.1:1/mnist/train-images-idx3-ubyte.gz: curl: (7) "))
    #expect(
      text.hasSuffix(
        "check the network and run the command again, which continues where it stopped, or put the file into "
          + "\(directory("target/mnist")) yourself"))
  }

  @Test("says that curl is missing") func noCurl() throws {
    let download = download(from: ["http://127.0.0.1:1/"], environment: ["PATH": directory.path])
    let error = #expect(throws: DownloadError.self) { try run(download) }
    #expect(
      error?.description == """
        the 'curl' command, which fetches the files, is not installed; install it (for example: apt-get install curl)
        """)
  }

  @Test("says where it cannot write") func unwritable() throws {
    try directory.write("target", [1])
    let error = #expect(throws: DownloadError.self) { try run(download(from: [])) }
    #expect(error?.description == "cannot write \(directory("target/mnist")): Not a directory")
  }

  @Test(
    "knows the canonical files",
    .enabled(if: Samples.mnistDirectory != nil, "MNIST is neither in LOCKSTEP_DATA nor in Data"))
  func canonical() throws {
    let source = try #require(Samples.mnistDirectory)
    // Copies, because a file that is not right would be replaced.
    for file in MNISTDownload.publicFiles where FileManager.default.fileExists(atPath: "\(source)/\(file.name)") {
      try FileManager.default.copyItem(atPath: "\(source)/\(file.name)", toPath: directory(file.name))
      let download = MNISTDownload(directory: directory.path, mirrors: [], files: [file], environment: [:])
      #expect(try run(download) == [.kept(file: file.name)])
    }
  }
}
