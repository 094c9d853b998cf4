import Networks
import Settings
import Training

/// A benchmark's trace in the Trace Event Format, which Perfetto (https://ui.perfetto.dev) and `chrome://tracing` open: a process for
/// each number of threads, a row for each worker, and on it phases, shards, layers, slices and waiting.
public struct ChromeTrace {
  private let trace: BenchmarkTrace

  /// The trace of a benchmark.
  public init(_ trace: BenchmarkTrace) { self.trace = trace }

  /// The file's content.
  public var json: JSONValue {
    .object([
      ("traceEvents", .array(trace.threads.enumerated().flatMap { events(process: $0 + 1, $1) })),
      ("displayTimeUnit", .string("ms")),
      ("otherData", .object([("config", .string(trace.name))])),
    ])
  }

  private func events(process: Int, _ workers: [[RecordedEvent]]) -> [JSONValue] {
    let origin = workers.joined().map(\.begin).min() ?? 0
    let phases = (workers.first ?? []).filter(\.activity.isPhase)
    var events = [
      metadata("process_name", process: process, worker: 0, name: RunText.count(workers.count, "thread"))
    ]
    for (worker, recorded) in workers.enumerated() {
      events.append(metadata("thread_name", process: process, worker: worker, name: "worker \(worker)"))
      let slices = Slice.all(of: recorded, phases: phases, name: name)
      events += slices.map { json($0, process: process, worker: worker, origin: origin) }
    }
    return events
  }

  private func name(_ event: RecordedEvent) -> (name: String, category: String) {
    switch event.activity {
    case .step: ("step", "step")
    case .gradientPhase: ("gradient phase", "phase")
    case .reducePhase: ("reduce phase", "phase")
    case .updatePhase: ("update phase", "phase")
    case .shard: ("shard \(event.index)", "shard")
    case .data: ("data", "data")
    case .loss: ("loss", "loss")
    case .reduce: ("reduce + update", "reduce")
    case .weights: ("\(layer(event)) weights", "weights")
    case .prepare: ("prepare \(layer(event))", "prepare")
    case .forward: (layer(event), "forward")
    case .backward: ("\(layer(event)) backward", "backward")
    }
  }

  private func layer(_ event: RecordedEvent) -> String {
    trace.layers[trace.rowOfStage[Int(event.index)]].names.joined(separator: " + ")
  }

  private func metadata(_ kind: String, process: Int, worker: Int, name: String) -> JSONValue {
    .object([
      ("name", .string(kind)), ("ph", "M"), ("pid", .integer(process)), ("tid", .integer(worker)),
      ("args", .object([("name", .string(name))])),
    ])
  }

  /// A complete event; the format counts microseconds.
  private func json(_ slice: Slice, process: Int, worker: Int, origin: UInt64) -> JSONValue {
    .object([
      ("name", .string(slice.name)), ("cat", .string(slice.category)), ("ph", "X"),
      ("ts", .number(Double(slice.begin - origin) / 1e3)), ("dur", .number(Double(slice.end - slice.begin) / 1e3)),
      ("pid", .integer(process)), ("tid", .integer(worker)),
    ])
  }
}

/// A stretch of a worker's row.
private struct Slice {
  var name: String
  var category: String
  var begin: UInt64
  var end: UInt64

  /// A worker's row in order of time, the outer of two that begin together first. Phases are drawn on each worker's row, with what the
  /// worker waits in them; neighbouring slices of parameters are drawn as one.
  static func all(
    of recorded: [RecordedEvent], phases: [RecordedEvent], name: (RecordedEvent) -> (name: String, category: String)
  ) -> [Slice] {
    let passes = recorded.filter { !$0.activity.isPhase && $0.activity != .reduce && $0.activity != .weights }
    var slices = (passes + phases).map { event in
      let name = name(event)
      return Slice(name: name.name, category: name.category, begin: event.begin, end: event.end)
    }
    slices += runs(of: recorded, in: phases, name: name)
    slices += waiting(recorded.filter(\.activity.isItem), in: phases)
    return slices.sorted { ($0.begin, $1.end) < ($1.begin, $0.end) }
  }

  /// What a worker reduces, as runs of neighbours: slices whose gradients the shards formed, or slices of one layer that forms its own.
  private static func runs(
    of recorded: [RecordedEvent], in phases: [RecordedEvent],
    name: (RecordedEvent) -> (name: String, category: String)
  ) -> [Slice] {
    phases.flatMap { phase in
      var runs: [Slice] = []
      var weights: RecordedEvent?
      for event in recorded where phase.begin <= event.begin && event.end <= phase.end {
        switch event.activity {
        case .weights: weights = event
        case .reduce:
          let own = weights.map { name($0).name + " + update" } ?? name(event).name
          if let last = runs.last, last.name == own {
            runs[runs.count - 1].end = event.end
          } else {
            runs.append(Slice(name: own, category: "reduce", begin: event.begin, end: event.end))
          }
          weights = nil
        default: break
        }
      }
      return runs
    }
  }

  /// From a phase's begin to the worker's first item, and from its last item to the phase's end.
  private static func waiting(_ items: [RecordedEvent], in phases: [RecordedEvent]) -> [Slice] {
    phases.flatMap { phase in
      let inside = items.filter { phase.begin <= $0.begin && $0.end <= phase.end }
      let bounds =
        inside.isEmpty
        ? [(phase.begin, phase.end)] : [(phase.begin, inside[0].begin), (inside[inside.count - 1].end, phase.end)]
      return bounds.filter { $0.0 < $0.1 }.map { Slice(name: "waiting", category: "waiting", begin: $0.0, end: $0.1) }
    }
  }
}
