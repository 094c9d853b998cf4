/// What one call of a kernel took.
struct Measurement {
  let seconds: Double
  let flops: Double

  var flopsPerSecond: Double { flops / seconds }

  /// The best of several short runs: whatever else the machine does only ever makes a run slower.
  ///
  /// - Parameter body: one call; returns the floating-point operations that it had to do.
  static func best(runs: Int = 15, of seconds: Double = 0.01, _ body: () -> Int) -> Measurement {
    let clock = ContinuousClock()
    var flops = body()
    var calls = 1
    var elapsed = clock.measure { flops = body() }.inSeconds
    while elapsed < seconds {
      calls = max(calls + 1, min(calls * 10, Int(Double(calls) * 1.2 * seconds / max(elapsed, 1e-9))))
      elapsed = clock.measure { for _ in 0..<calls { _ = body() } }.inSeconds
    }
    var best = elapsed
    for _ in 1..<runs { best = min(best, clock.measure { for _ in 0..<calls { _ = body() } }.inSeconds) }
    return Measurement(seconds: best / Double(calls), flops: Double(flops))
  }
}

extension Duration {
  /// The duration in seconds.
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
