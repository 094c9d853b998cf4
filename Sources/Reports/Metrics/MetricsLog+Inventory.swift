import Settings
import Training

extension MetricsLog {
  /// The verdict on one of a run's log files; nil for a file of another name.
  public static func inventory(_ name: String, path: String) -> RunFile? {
    switch name {
    case "metrics.jsonl": inventory(name, path: path, format: .jsonl)
    case "metrics.csv": inventory(name, path: path, format: .csv)
    case "metrics.jsonl.partial", "metrics.csv.partial":
      RunFile(
        name: name, verdict: .leftover, note: "a log that is, or was, being shortened; the next training replaces it")
    default: nil
    }
  }

  private static func inventory(_ name: String, path: String, format: MetricsFormat) -> RunFile {
    do throws(MetricsLogError) {
      guard var lines = try LineReader(path) else {
        return RunFile(name: name, verdict: .damaged, note: "cannot be read")
      }
      var (number, rows, cells) = (0, 0, 0)
      while let line = try lines.next() {
        number += 1
        if case .cutShort = line {
          // A process that is killed leaves such a line, and one that is at work may have.
          return RunFile(
            name: name, verdict: .good, note: "\(RunText.count(rows, "row")), the last one cut short; a resume mends it"
          )
        }
        if format == .csv, number == 1 {
          guard let header = line.bytes, header.starts(with: Array("kind,step,epoch,".utf8)) else {
            return RunFile(name: name, verdict: .damaged, note: "line 1 is no header of a log")
          }
          cells = header.count { $0 == UInt8(ascii: ",") }
          continue
        }
        guard let bytes = line.bytes, isRow(bytes, format: format, commas: cells) else {
          return RunFile(
            name: name, verdict: .damaged, note: "line \(number) is no row of a log; a resume leaves it out")
        }
        rows += 1
      }
      return RunFile(name: name, verdict: .good, note: "log, \(RunText.count(rows, "row"))")
    } catch {
      return RunFile(name: name, error)
    }
  }

  private static func isRow(_ line: [UInt8], format: MetricsFormat, commas: Int) -> Bool {
    guard format.position(of: line) != nil else { return false }
    switch format {
    case .jsonl: return (try? JSONParser.parse(line, file: "row")) != nil
    // No value of a row has a comma in it.
    case .csv: return line.count { $0 == UInt8(ascii: ",") } == commas
    }
  }
}

extension RunFile {
  /// The verdict on a log that could not be read to its end.
  init(name: String, _ error: MetricsLogError) {
    let isUnreadable = if case .system = error { true } else { false }
    self.init(name: name, verdict: isUnreadable ? .unreadable : .damaged, note: "\(error)")
  }
}
