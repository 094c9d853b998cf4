/// One row of the metrics log.
package struct MetricsRow: Sendable, Equatable {
  /// What a row is about.
  package enum Kind: String, Sendable {
    case step
    case epoch
  }

  /// A value of a column.
  package enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  /// What it is about.
  package var kind: Kind
  /// Steps done.
  package var step: Int
  /// The epoch of that step, from 1.
  package var epoch: Int
  /// The other columns that have a value, in the log's order.
  package var values: [(column: String, value: Value)]

  /// Creates a row.
  package init(kind: Kind, step: Int, epoch: Int, values: [(column: String, value: Value)]) {
    self.kind = kind
    self.step = step
    self.epoch = epoch
    self.values = values
  }

  /// All columns that have a value, in order.
  var cells: [(column: String, value: Value)] {
    [("kind", .text(kind.rawValue)), ("step", .integer(step)), ("epoch", .integer(epoch))] + values
  }

  /// Equal cells in equal order.
  package static func == (left: MetricsRow, right: MetricsRow) -> Bool {
    left.cells.elementsEqual(right.cells) { $0.column == $1.column && $0.value == $1.value }
  }
}

/// The columns of a log: the same for all rows of a run, so that `metrics.csv` is one table.
package struct MetricsColumns: Sendable, Equatable {
  /// Names of the metrics, `loss` and `accuracy` first.
  package let metrics: [String]

  /// Columns for a config's metrics.
  package init(metrics: [String]) {
    let first = ["loss", "accuracy"]
    self.metrics = first + metrics.filter { !first.contains($0) }
  }

  /// All names, in order.
  package var names: [String] {
    ["kind", "step", "epoch"] + metrics + ["learningRate", "gradientNorm", "evaluatedOn"]
      + metrics.map(Self.evaluationColumn) + ["samplesPerSecond", "seconds"]
  }

  /// `evaluationLoss` for `loss`.
  static func evaluationColumn(_ metric: String) -> String {
    "evaluation" + metric.prefix(1).uppercased() + metric.dropFirst()
  }
}
