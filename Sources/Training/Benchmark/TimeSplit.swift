import Networks

/// Where the time of a step goes: seconds a step, added over all workers. `layers`, `loss`, `data`, `shards`, `reduce` and `waiting`,
/// and `overhead` once for each worker, add up to `workers × step`.
public struct TimeSplit: Sendable, Equatable {
  /// The time of some layers.
  public struct Layer: Sendable, Equatable {
    /// The forward pass.
    public var forward = 0.0
    /// The backward pass.
    public var backward = 0.0
    /// Forming gradients of parameters in the reduce phase.
    public var weights = 0.0
    /// Laying out parameters anew after they changed, for either pass.
    public var prepare = 0.0

    /// All of it.
    public var total: Double { forward + backward + weights + prepare }
  }

  /// Workers.
  public var workers: Int
  /// Samples of a step, on average.
  public var samples: Double
  /// A step, from its begin to the next one's, on the clock.
  public var step = 0.0
  /// The layers, as the report lists them.
  public var layers: [Layer]
  /// The loss and its gradient.
  public var loss = 0.0
  /// Reading and normalising samples.
  public var data = 0.0
  /// What a shard takes beside all that.
  public var shards = 0.0
  /// Adding up the shards' gradients and updating the parameters.
  public var reduce = 0.0
  /// Waiting while others still work, or for the next item.
  public var waiting = 0.0
  /// From the last item of a phase to the first one of the next: starting and ending phases, and what the training thread does in
  /// between; on the clock.
  public var overhead = 0.0

  /// The workers' time in a step, all of it.
  public var total: Double { Double(workers) * step }
}

extension TimeSplit {
  /// Sums up what recorders saw.
  ///
  /// - Parameters:
  ///   - events: of each worker, the training thread's first.
  ///   - rowOfStage: for each of the network's stages, its row in the report.
  ///   - rows: rows of the report.
  ///   - samples: of all steps together.
  package init(_ events: [[RecordedEvent]], rowOfStage: [Int], rows: Int, samples: Int) {
    workers = events.count
    layers = Array(repeating: Layer(), count: rows)
    self.samples = 0
    var (steps, busy) = (0, 0.0)
    for event in events.joined() {
      let seconds = event.seconds
      switch event.activity {
      case .step: (steps, step) = (steps + 1, step + seconds)
      case .forward: layers[rowOfStage[Int(event.index)]].forward += seconds
      case .backward: layers[rowOfStage[Int(event.index)]].backward += seconds
      case .weights: layers[rowOfStage[Int(event.index)]].weights += seconds
      case .prepare: layers[rowOfStage[Int(event.index)]].prepare += seconds
      case .loss: loss += seconds
      case .data: data += seconds
      case .shard: (busy, shards) = (busy + seconds, shards + seconds)
      case .reduce: (busy, reduce) = (busy + seconds, reduce + seconds)
      case .gradientPhase, .reducePhase, .updatePhase: break
      }
    }
    shards -= layers.reduce(loss + data) { $0 + $1.forward + $1.backward + $1.prepare }
    reduce -= layers.reduce(0) { $0 + $1.weights }
    let spans = PhaseSpan.all(events).reduce(0) { $0 + $1.seconds }
    waiting = Double(workers) * spans - busy
    overhead = step - spans
    self.samples = Double(samples)
    if steps > 0 { divide(by: Double(steps)) }
  }

  private mutating func divide(by steps: Double) {
    for row in layers.indices {
      layers[row].forward /= steps
      layers[row].backward /= steps
      layers[row].weights /= steps
      layers[row].prepare /= steps
    }
    for part: WritableKeyPath<TimeSplit, Double> in [
      \.samples, \.step, \.loss, \.data, \.shards, \.reduce, \.waiting, \.overhead,
    ] { self[keyPath: part] /= steps }
  }
}

/// The time in which items of a phase ran, on any worker.
struct PhaseSpan: Equatable {
  var begin: UInt64
  var end: UInt64

  var seconds: Double { Double(end - begin) * 1e-9 }

  /// The spans of all phases that the training thread, the first worker, wrote down.
  static func all(_ events: [[RecordedEvent]]) -> [PhaseSpan] {
    let phases = (events.first ?? []).filter(\.activity.isPhase)
    var spans = [PhaseSpan?](repeating: nil, count: phases.count)
    for worker in events {
      // Both lists are in order of time, and the clock is the same for all.
      var phase = 0
      for item in worker where item.activity.isItem {
        while phase < phases.count, phases[phase].end < item.end { phase += 1 }
        guard phase < phases.count else { break }
        let known = spans[phase] ?? PhaseSpan(begin: item.begin, end: item.end)
        spans[phase] = PhaseSpan(begin: min(known.begin, item.begin), end: max(known.end, item.end))
      }
    }
    return spans.compactMap { $0 }
  }
}

extension Activity {
  /// Whether it is what the training thread writes down around a phase.
  public var isPhase: Bool { self == .gradientPhase || self == .reducePhase || self == .updatePhase }
  /// Whether it is a whole item of a phase.
  public var isItem: Bool { self == .shard || self == .reduce }
}

extension RecordedEvent {
  var seconds: Double { Double(end - begin) * 1e-9 }
}
