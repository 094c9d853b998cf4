import Settings
import Training

/// The files of a run with their verdicts, as `inspect --verify` shows them.
public struct InventoryTable: Sendable, CustomStringConvertible {
  /// The run's directory.
  public var path: String
  /// Its files.
  public var files: [RunFile]

  /// Creates a table.
  public init(path: String, files: [RunFile]) {
    self.path = path
    self.files = files
  }

  /// How many files are damaged.
  public var damaged: Int { files.count { $0.verdict == .damaged } }

  /// How many files cannot be read.
  public var unreadable: Int { files.count { $0.verdict == .unreadable } }

  /// A line for each file, and one that counts.
  public var description: String { text() }

  /// A line for each file, and one that counts.
  ///
  /// - Parameter width: columns of the terminal; nil for no limit.
  public func text(width: Int? = nil) -> String {
    var table = TextTable([.text("file"), .text("verdict"), .text("what")])
    for file in files { table.append([file.name, file.verdict.rawValue, file.note]) }
    let verdicts: [RunFile.Verdict] = [.good, .damaged, .unreadable, .leftover, .foreign]
    let counts = verdicts.compactMap { verdict in
      let count = files.count { $0.verdict == verdict }
      return count > 0 || verdict == .damaged ? "\(NumberText.grouped(count)) \(verdict.rawValue)" : nil
    }
    return
      "\(table.text(width: width))\(path): \(RunText.count(files.count, "file")), \(counts.joined(separator: ", "))"
  }

  /// The same for `--json`: `path`, `damaged`, `files` (`name`, `verdict`, `note`).
  public var json: JSONValue {
    .object([
      ("path", .string(path)), ("damaged", .integer(damaged)),
      (
        "files",
        .array(
          files.map {
            .object([
              ("name", .string($0.name)), ("verdict", .string($0.verdict.rawValue)), ("note", .string($0.note)),
            ])
          })
      ),
    ])
  }
}
