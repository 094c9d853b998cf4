import Foundation
import Tensors

/// Fetches MNIST's four files from public mirrors, so that `MNISTSource` finds them.
///
/// Each file is checked by the SHA-256 of its uncompressed content, since mirrors compress differently. It is downloaded as `.partial`
/// (which a later run continues) and renamed only when it is right; files that are right already are kept. The transfer is left to the
/// `curl` command, which knows proxies, certificates and how to resume.
public struct MNISTDownload: Sendable {
  /// One file of the data set.
  public struct File: Sendable, Equatable {
    /// Its name at the mirrors and on disk.
    public let name: String
    /// Length uncompressed.
    public let contentByteCount: Int
    /// SHA-256 of the uncompressed content, hexadecimal.
    public let contentDigest: String

    /// Describes a file.
    public init(name: String, contentByteCount: Int, contentDigest: String) {
      self.name = name
      self.contentByteCount = contentByteCount
      self.contentDigest = contentDigest
    }
  }

  /// What a download is doing, for whoever shows it.
  public enum Event: Sendable, Equatable {
    /// The file is there and right.
    case kept(file: String)
    /// A transfer begins; `resumedAt` bytes are there already.
    case started(file: String, url: String, resumedAt: Int)
    /// Bytes of the compressed file on disk by now.
    case received(file: String, bytes: Int)
    /// A mirror did not deliver; the next one is tried.
    case failed(file: String, url: String, reason: String)
    /// The file was checked and is in place.
    case finished(file: String, bytes: Int)
  }

  /// MNIST's mirrors, the fastest first.
  public static let publicMirrors = [
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
  ]

  /// MNIST's files.
  public static let publicFiles = [
    File(
      name: "train-images-idx3-ubyte.gz", contentByteCount: 47_040_016,
      contentDigest: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    File(
      name: "train-labels-idx1-ubyte.gz", contentByteCount: 60_008,
      contentDigest: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    File(
      name: "t10k-images-idx3-ubyte.gz", contentByteCount: 7_840_016,
      contentDigest: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    File(
      name: "t10k-labels-idx1-ubyte.gz", contentByteCount: 10_008,
      contentDigest: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
  ]

  /// Where the files go; created where it is missing.
  public let directory: String
  /// Addresses of folders, in the order in which they are tried; `file://` works too.
  public let mirrors: [String]
  /// The files to fetch.
  public let files: [File]
  /// Directories in which `curl` is looked for, separated by colons.
  private let searchPath: String

  /// A download that has not begun.
  ///
  /// - Parameter environment: the process's environment, for its `PATH`.
  public init(
    directory: String, mirrors: [String] = publicMirrors, files: [File] = publicFiles, environment: [String: String]
  ) {
    self.directory = directory
    self.mirrors = mirrors.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    self.files = files
    searchPath = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
  }

  /// Fetches what is missing or damaged.
  ///
  /// - Parameter report: called on this thread.
  /// - Throws: `DownloadError`; what was received is kept for the next run, unless it was wrong.
  public func run(report: (Event) -> Void) throws(DownloadError) {
    for file in files {
      let path = DatasetContext.join(directory, file.name)
      if isRight(path, file) {
        report(.kept(file: file.name))
        continue
      }
      do throws(DirectoryFault) {
        try createDirectory(of: path)
      } catch {
        throw .unwritable(path: error.path, reason: error.reason)
      }
      // Something else may have the folder's name.
      let folder = directory.isEmpty ? "." : directory
      guard access(folder + "/", W_OK) == 0 else {
        throw .unwritable(path: folder, reason: String(cString: strerror(errno)))
      }
      try fetch(file, to: path, report: report)
      report(.finished(file: file.name, bytes: Self.byteCount(of: path)))
    }
  }

  /// Fetches one file from the first mirror that has it.
  private func fetch(_ file: File, to path: String, report: (Event) -> Void) throws(DownloadError) {
    let partial = path + ".partial"
    // A run that was stopped between the last byte and the renaming.
    if isRight(partial, file) { return try move(partial, to: path) }
    var failures: [DownloadError.Failure] = []
    for mirror in mirrors {
      let url = mirror + file.name
      let resumedAt = Self.byteCount(of: partial)
      report(.started(file: file.name, url: url, resumedAt: resumedAt))
      var outcome = try transfer(url, to: partial, file, report: report)
      if let first = outcome, resumedAt > 0, first.mayBeTheBeginning {
        // The beginning came from somewhere else, or the server cannot resume: once more from the first byte.
        try remove(partial)
        report(.started(file: file.name, url: url, resumedAt: 0))
        outcome = try transfer(url, to: partial, file, report: report)
      }
      guard let outcome else { return try move(partial, to: path) }
      if outcome.isContentWrong { try remove(partial) }
      failures.append(DownloadError.Failure(url: url, reason: outcome.reason))
      report(.failed(file: file.name, url: url, reason: outcome.reason))
    }
    throw .noMirror(file: file.name, directory: directory, failures: failures)
  }

  /// Why a transfer did not bring the right file.
  private struct Rejection {
    let reason: String
    /// The bytes arrived, but they are not the file.
    var isContentWrong = false
    /// What was on disk before may be to blame.
    var mayBeTheBeginning = false
  }

  /// Continues the partial file from one address; nil where the file is then right.
  private func transfer(
    _ url: String, to partial: String, _ file: File, report: (Event) -> Void
  ) throws(DownloadError) -> Rejection? {
    let (status, message) = try runCurl(url, to: partial, file, report: report)
    guard status == 0 else {
      // 22: the server refused, perhaps the range (416); 33, 36: it cannot resume; 63: longer than the file can be.
      return Rejection(
        reason: message.isEmpty ? "curl ended with status \(status)" : message, isContentWrong: status == 63,
        mayBeTheBeginning: [22, 33, 36, 63].contains(status))
    }
    if isRight(partial, file) { return nil }
    return Rejection(
      reason: "what it sent is not MNIST's \(file.name): its content has another SHA-256", isContentWrong: true,
      mayBeTheBeginning: true)
  }

  private func runCurl(
    _ url: String, to partial: String, _ file: File, report: (Event) -> Void
  ) throws(DownloadError) -> (status: Int32, message: String) {
    guard let curl = findCurl() else { throw .curlMissing }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: curl)
    process.arguments = [
      "--fail", "--location", "--silent", "--show-error", "--proto", "=http,https,file", "--connect-timeout", "20",
      // Slower than 1 KiB/s for half a minute counts as dead.
      "--speed-limit", "1024", "--speed-time", "30", "--max-filesize", String(file.contentByteCount),
      "--continue-at", "-", "--output", partial, url,
    ]
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do { try process.run() } catch { throw .curlFailed(reason: error.localizedDescription) }
    while process.isRunning {
      usleep(100_000)
      report(.received(file: file.name, bytes: Self.byteCount(of: partial)))
    }
    process.waitUntilExit()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let line = text.split(separator: "\n").last.map(String.init) ?? ""
    return (process.terminationStatus, line)
  }

  private func findCurl() -> String? {
    searchPath.split(separator: ":").map { "\($0)/curl" }.first { access($0, X_OK) == 0 }
  }

  /// Whether the uncompressed content of a file is what it should be.
  private func isRight(_ path: String, _ file: File) -> Bool {
    do throws(IDXFault) {
      let input = try InputFile(path: path)
      let source: any ByteSource = input.isGzip() ? try GzipReader(input) : input
      return try source.digest(limit: file.contentByteCount) == file.contentDigest
    } catch {
      return false
    }
  }

  private func move(_ partial: String, to path: String) throws(DownloadError) {
    guard rename(partial, path) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  private func remove(_ partial: String) throws(DownloadError) {
    guard unlink(partial) == 0 || errno == ENOENT else {
      throw .unwritable(path: partial, reason: systemReason())
    }
  }

  /// Length of a file, 0 where there is none.
  private static func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
