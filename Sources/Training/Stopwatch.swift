/// Wall-clock time of a run, for reports alone: nothing that is computed depends on it.
struct Stopwatch {
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private var samplesSince: ContinuousClock.Instant
  /// Samples trained since `restartSamples`.
  var samples = 0
  /// Where the time between steps went.
  private(set) var pauses = Pauses()

  init() {
    started = clock.now
    samplesSince = started
  }

  /// Seconds since the run (or its resume) started.
  var seconds: Double { Stopwatch.seconds(clock.now - started) }

  /// Samples per second since `restartSamples`.
  var samplesPerSecond: Double {
    let elapsed = Stopwatch.seconds(clock.now - samplesSince)
    return elapsed > 0 ? Double(samples) / elapsed : 0
  }

  /// Begins to count samples anew, so that evaluations do not count as training time.
  mutating func restartSamples() {
    samples = 0
    samplesSince = clock.now
  }

  /// Adds the time since `start`, in seconds since the run began, to one kind of pause.
  mutating func add(to pause: WritableKeyPath<Pauses, Double>, since start: Double) {
    pauses[keyPath: pause] += seconds - start
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
