import Datasets
import Settings
import Training

/// What `lockstep predict` answers: what each picture was taken for, and those that could not be read.
public struct PredictionReport: Sendable {
  /// The checkpoint's file.
  public let checkpoint: String
  /// The step that it was saved after.
  public let step: Int
  /// Names of the classes; nil where they have none but their numbers.
  public let classNames: [String]?

  private var rows: [Row] = []
  private var failures: [PredictionError] = []

  /// A prediction without the sample itself, of which there may be very many.
  private struct Row {
    let source: String
    let index: Int?
    let probabilities: [Float]
    let ranking: [Int]
    let treatment: PreparedPicture.Treatment
    let isInverted: Bool
    let isBlank: Bool
  }

  /// A report of nothing yet.
  public init(checkpoint: String, step: Int, classNames: [String]?) {
    self.checkpoint = checkpoint
    self.step = step
    self.classNames = classNames
  }

  /// Adds a picture.
  public mutating func append(_ prediction: Prediction) {
    let picture = prediction.picture
    rows.append(
      Row(
        source: prediction.source, index: prediction.index, probabilities: prediction.probabilities,
        ranking: prediction.ranking, treatment: picture.treatment, isInverted: picture.isInverted,
        isBlank: picture.isBlank))
  }

  /// Adds an input that could not be read.
  public mutating func append(_ failure: PredictionError) { failures.append(failure) }

  /// Whether no picture could be read.
  public var isEmpty: Bool { rows.isEmpty }

  /// Those that could not be read, in order.
  public var failed: [PredictionError] { failures }

  /// Name of a class.
  public func label(_ index: Int) -> String {
    guard let classNames, classNames.indices.contains(index) else { return "\(index)" }
    return classNames[index]
  }

  // MARK: For people

  /// The table, or where it has no room a list: each picture with what was done with it, and below it the classes.
  ///
  /// - Parameters:
  ///   - top: classes that are shown, at least 1.
  ///   - width: columns of the terminal; nil for no limit.
  ///   - unicode: whether `…` can stand for the middle of a name that is longer.
  public func text(top: Int, width: Int? = nil, unicode: Bool = true) -> String {
    let table = table(top: top)
    guard let width, !table.fits(width) else { return table.description }
    return rows.map { row in
      let note = Self.note(row)
      let name = DisplayWidth.shortened(Self.name(row.source, row.index), columns: width, unicode: unicode)
      let isLong = DisplayWidth.of(name) + 2 + note.count > width
      return name + (note.isEmpty ? "" : (isLong ? "\n  " : "  ") + note) + "\n" + classes(row, top: top, width: width)
    }.joined()
  }

  /// `  7  98.12 %    1   1.20 %`: as many classes in a line as have room, below each other in the next.
  private func classes(_ row: Row, top: Int, width: Int) -> String {
    let ranking = row.ranking.prefix(top)
    let labels = ranking.map(label)
    let widest = labels.map(DisplayWidth.of).max() ?? 0
    let cells = zip(labels, ranking).map { label, place in
      "  \(label.rightPadded(to: widest))  \(NumberText.percent(Double(row.probabilities[place])).leftPadded(to: 8))"
    }
    // Two more blanks are between them.
    let columns = max(1, (width + 2) / (widest + 14))
    return stride(from: 0, to: cells.count, by: columns).map { start in
      cells[start..<min(start + columns, cells.count)].joined(separator: "  ") + "\n"
    }.joined()
  }

  /// A line for each picture: its name, what it was taken for and how surely, the next classes, and what was done with it.
  ///
  /// - Parameter top: classes that are shown, at least 1.
  public func table(top: Int) -> TextTable {
    precondition(top >= 1, "at least the class itself")
    let others: [[TextTable.Column]] =
      top == 1 ? [] : (2...top).map { [.text(Self.ordinal($0)), .number("probability")] }
    var table = TextTable(
      [.text("picture"), .text("class"), .number("probability")] + others.flatMap { $0 } + [
        .text("note")
      ])
    for row in rows {
      var cells = [Self.name(row.source, row.index)]
      for place in 0..<top {
        let known = place < row.ranking.count
        cells +=
          known
          ? [label(row.ranking[place]), NumberText.percent(Double(row.probabilities[row.ranking[place]]))] : ["", ""]
      }
      table.append(cells + [Self.note(row)])
    }
    return table
  }

  private static func note(_ row: Row) -> String {
    var notes: [String] = []
    if row.isBlank { notes.append("blank") }
    if row.isInverted { notes.append("inverted") }
    if row.treatment != .unchanged { notes.append(row.treatment.rawValue) }
    return notes.joined(separator: ", ")
  }

  private static func ordinal(_ number: Int) -> String {
    switch number {
    case 2: "next"
    default: "\(number)."
    }
  }

  /// A file's name, with the image's number where it has one. Control characters could drive a terminal.
  public static func name(_ source: String, _ index: Int?) -> String {
    let printable = String(String.UnicodeScalarView(source.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    return index.map { "\(printable)[\($0)]" } ?? printable
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

  // MARK: For programs

  /// What `predict --json` prints.
  ///
  /// `checkpoint`, `step`; `images`: of each `file`, `index` (in an IDX file, else null), `class`, `label`, `probability`, `probabilities`
  /// (of all classes, in order), `treatment` (`unchanged`, `resized` or `centred`), `inverted`, `blank`; `failures`: of each `file`,
  /// `message`, `missing`.
  public var json: JSONValue {
    .object([
      ("checkpoint", .string(checkpoint)), ("step", .integer(step)),
      ("images", .array(rows.map(json))),
      (
        "failures",
        .array(
          failures.map {
            .object([("file", .string($0.path)), ("message", .string("\($0)")), ("missing", .bool($0.isMissing))])
          })
      ),
    ])
  }

  private func json(_ row: Row) -> JSONValue {
    let best = row.ranking[0]
    return .object([
      ("file", .string(row.source)), ("index", row.index.map { .integer($0) } ?? .null),
      ("class", .integer(best)), ("label", .string(label(best))),
      ("probability", Self.number(row.probabilities[best])),
      ("probabilities", .array(row.probabilities.map(Self.number))),
      ("treatment", .string(row.treatment.rawValue)), ("inverted", .bool(row.isInverted)),
      ("blank", .bool(row.isBlank)),
    ])
  }

  /// With the digits that a 32-bit number has, and no more.
  private static func number(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }
}
