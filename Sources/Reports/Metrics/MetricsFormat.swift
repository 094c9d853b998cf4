/// How rows become lines of a file, and how a line tells the step it belongs to.
///
/// Numbers are written in the shortest form that reads back as the same value.
package enum MetricsFormat: Sendable {
  /// JSON Lines: one object a line; keys without a value are left out; a number that is not finite is `null`.
  case jsonl
  /// RFC 4180: a header, comma-separated cells, CRLF; a cell without a value is empty.
  case csv

  /// The first line; empty for JSON Lines.
  package func header(_ columns: MetricsColumns) -> [UInt8] {
    switch self {
    case .jsonl: []
    case .csv: Array((columns.names.map(Self.csvCell).joined(separator: ",") + "\r\n").utf8)
    }
  }

  /// A row with its line end.
  package func line(_ row: MetricsRow, _ columns: MetricsColumns) -> [UInt8] {
    switch self {
    case .jsonl:
      let members = row.cells.map { "\(Self.jsonString($0.column)):\(Self.jsonValue($0.value))" }
      return Array("{\(members.joined(separator: ","))}\n".utf8)
    case .csv:
      let cells = row.cells
      let texts = columns.names.map { name in
        cells.first { $0.column == name }.map { Self.csvCell(Self.plain($0.value)) } ?? ""
      }
      return Array((texts.joined(separator: ",") + "\r\n").utf8)
    }
  }

  /// The kind, step and epoch of a complete line; nil for a line that is no row of ours.
  package func position(of line: [UInt8]) -> (kind: MetricsRow.Kind, step: Int, epoch: Int)? {
    guard let text = String(validating: line, as: UTF8.self) else { return nil }
    switch self {
    case .jsonl:
      let start = #"{"kind":""#
      guard text.hasPrefix(start), text.hasSuffix("}\n") else { return nil }
      let cells = text.dropFirst(start.count).split(separator: ",", maxSplits: 3)
      guard cells.count >= 3, let kind = MetricsRow.Kind(rawValue: String(cells[0].dropLast())),
        let step = Self.member("step", cells[1]), let epoch = Self.member("epoch", cells[2])
      else { return nil }
      return (kind, step, epoch)
    case .csv:
      let cells = text.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
      guard cells.count == 4, text.hasSuffix("\r\n"), let kind = MetricsRow.Kind(rawValue: String(cells[0])),
        let step = Int(cells[1]), let epoch = Int(cells[2])
      else { return nil }
      return (kind, step, epoch)
    }
  }

  /// The number in `"name":12` or `"name":12}`.
  private static func member(_ name: String, _ text: Substring) -> Int? {
    let key = "\"\(name)\":"
    guard text.hasPrefix(key) else { return nil }
    return Int(text.dropFirst(key.count).prefix { $0.isNumber || $0 == "-" })
  }

  private static func jsonValue(_ value: MetricsRow.Value) -> String {
    switch value {
    case .text(let text): jsonString(text)
    case .integer(let integer): "\(integer)"
    case .number(let number): number.isFinite ? "\(number)" : "null"
    }
  }

  private static func jsonString(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func plain(_ value: MetricsRow.Value) -> String {
    switch value {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    }
  }

  private static func csvCell(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
    let doubled = text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(doubled)\""
  }
}
