import Foundation
import Training

/// A file that a command will write when its work is done.
enum OutputPath {
  /// Whether it can be written, asked before work that would be for nothing.
  ///
  /// - Throws: `TrainingError.cannotWrite`.
  static func check(_ path: String) throws(TrainingError) {
    let directory = (path as NSString).deletingLastPathComponent
    guard access(directory.isEmpty ? "." : directory, W_OK) == 0 else {
      throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw .cannotWrite(path: path, reason: String(cString: strerror(EISDIR)))
    }
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
