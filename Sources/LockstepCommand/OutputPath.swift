import Checkpoints
import Foundation
import Tensors
import Training

/// A file that a command will write when its work is done.
///
/// A regular file appears whole or not at all, also where a link leads to it. What is there and is no file (a device, a pipe) is written
/// to, and never replaced.
enum OutputPath {
  /// Whether it can be written, asked before work that would be for nothing.
  ///
  /// - Throws: `TrainingError.cannotWrite`.
  static func check(_ path: String) throws(TrainingError) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR {
      throw .cannotWrite(path: path, reason: String(cString: strerror(EISDIR)))
    }
    let isFile = !isThere || status.st_mode & S_IFMT == S_IFREG
    guard access(isFile ? FilePath.directory(of: target(of: path)) : path, W_OK) == 0 else {
      throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Writes a text.
  ///
  /// - Throws: `WriteError`, `TrainingError.cannotWrite`.
  static func write(_ text: String, to path: String) throws { try write(Storage(Array(text.utf8)), to: path) }

  /// Writes bytes.
  ///
  /// - Throws: `WriteError`, `TrainingError.cannotWrite`.
  static func write(_ bytes: Storage<UInt8>, to path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
      _ = try AtomicFile.write(bytes, to: target(of: path))
      return
    }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TrainingError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    do {
      try FileHandle(fileDescriptor: descriptor).write(contentsOf: bytes.withMutableBytes { Data($0) })
    } catch {
      throw TrainingError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Where a chain of links ends; the path itself where there is none, or where it ends nowhere.
  private static func target(of path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// `2026-03-14 15:09 UTC`.
  static var now: String {
    let parts = Calendar.gregorianUTC.dateComponents([.year, .month, .day, .hour, .minute], from: Date())
    func padded(_ value: Int?, _ width: Int = 2) -> String {
      let digits = String(value ?? 0)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return
      "\(padded(parts.year, 4))-\(padded(parts.month))-\(padded(parts.day)) \(padded(parts.hour)):\(padded(parts.minute)) UTC"
  }
}

extension Calendar {
  /// The calendar of everybody's logs.
  fileprivate static var gregorianUTC: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC") ?? calendar.timeZone
    return calendar
  }
}
