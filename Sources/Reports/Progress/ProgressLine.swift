/// The one line that shows where a run is, fitted to a terminal's width.
package struct ProgressLine: Sendable, Equatable {
  /// Epoch, from 1, and epochs of the run.
  package var epoch: Int
  package var epochs: Int
  /// Steps done in this epoch and steps of an epoch.
  package var step: Int
  package var steps: Int
  /// Over the epoch so far.
  package var loss: Double
  package var accuracy: Double
  /// nil where no schedule changes it.
  package var learningRate: Double?
  /// Samples per second and seconds to go; nil while not known.
  package var samplesPerSecond: Double?
  package var remaining: Double?
  /// Steps whose update was left out.
  package var skippedSteps = 0

  /// Creates a line.
  package init(
    epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double, accuracy: Double, learningRate: Double?,
    samplesPerSecond: Double?, remaining: Double?
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.loss = loss
    self.accuracy = accuracy
    self.learningRate = learningRate
    self.samplesPerSecond = samplesPerSecond
    self.remaining = remaining
  }

  /// `epoch  3/12  412/469  ━━━━━━━━━━──  loss 0.0612  accuracy 98.12 %  18,200 samples/s  ETA 0:32`
  ///
  /// What does not fit is shortened or left out, the least important first; the bar takes what is free, up to 50 columns.
  package func text(width: Int, unicode: Bool, color: Bool) -> String {
    var layout = Layout()
    for shortening in Layout.shortenings {
      if minimumWidth(layout) <= width { break }
      layout[keyPath: shortening] = true
    }
    var pieces = pieces(layout)
    guard !layout.dropsBar else { return String(pieces.joined(separator: "  ").prefix(width)) }
    let free = width - (minimumWidth(layout) - Layout.smallestBar)
    pieces.insert(bar(width: min(free, 50), unicode: unicode, color: color), at: Layout.barPlace)
    return pieces.joined(separator: "  ")
  }

  /// For places where lines stay: everything in words, no bar.
  package var plainText: String {
    var pieces = pieces(Layout())
    pieces[1] = "step " + pieces[1]
    return pieces.joined(separator: "  ")
  }

  /// What was given up to fit.
  private struct Layout {
    static let smallestBar = 6
    static let barPlace = 2
    /// The least important first.
    static let shortenings: [WritableKeyPath<Layout, Bool> & Sendable] = [
      \.shortensRate, \.shortensAccuracy, \.dropsLearningRate, \.dropsEpochLabel, \.dropsRate, \.dropsBar,
      \.dropsRemaining, \.dropsAccuracy,
    ]
    var shortensRate = false
    var shortensAccuracy = false
    var dropsLearningRate = false
    var dropsEpochLabel = false
    var dropsRate = false
    var dropsBar = false
    var dropsRemaining = false
    var dropsAccuracy = false
  }

  private func minimumWidth(_ layout: Layout) -> Int {
    let pieces = pieces(layout)
    let text = pieces.reduce(2 * (pieces.count - 1)) { $0 + $1.count }
    return layout.dropsBar ? text : text + 2 + Layout.smallestBar
  }

  private func pieces(_ layout: Layout) -> [String] {
    let counter = "\(String(epoch).leftPadded(to: String(epochs).count))/\(epochs)"
    var pieces = [
      layout.dropsEpochLabel ? counter : "epoch \(counter)",
      "\(String(step).leftPadded(to: String(steps).count))/\(steps)",
      MetricText.labelled("loss", loss),
    ]
    if !layout.dropsAccuracy {
      pieces.append(MetricText.labelled("accuracy", accuracy, short: layout.shortensAccuracy))
    }
    if let learningRate, !layout.dropsLearningRate { pieces.append("lr \(NumberText.significant(learningRate))") }
    if skippedSteps > 0 { pieces.append("\(NumberText.grouped(skippedSteps)) skipped") }
    if let samplesPerSecond, !layout.dropsRate {
      pieces.append(NumberText.rate(samplesPerSecond) + (layout.shortensRate ? "/s" : " samples/s"))
    }
    if let remaining, !layout.dropsRemaining { pieces.append("ETA \(NumberText.clock(remaining))") }
    return pieces
  }

  private func bar(width: Int, unicode: Bool, color: Bool) -> String {
    let share = steps > 0 ? min(max(Double(step) / Double(steps), 0), 1) : 0
    let done = Int(share * Double(width))
    let full = String(repeating: unicode ? "━" : "=", count: done)
    let rest = String(repeating: unicode ? "─" : "-", count: width - done)
    return color ? "\u{1B}[32m\(full)\u{1B}[2m\(rest)\u{1B}[0m" : full + rest
  }
}
