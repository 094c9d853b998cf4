/// What one call of a kernel took.
struct Measurement {
  let seconds: Double
  let flops: Double

  var flopsPerSecond: Double { flops / seconds }

  /// The best of many runs, each of a millisecond or one call: whatever else the machine does only ever makes a run slower, and
  /// in a short one there is a chance that nothing came between.
  ///
  /// - Parameter body: one call; returns the floating-point operations that it had to do.
  static func best(_ body: () -> Int) -> Measurement {
    let clock = ContinuousClock()
    let flops = body()
    var calls = 1
    var best = clock.measure { _ = body() }.inSeconds
    let deadline = clock.now + .milliseconds(300)
    while clock.now < deadline {
      calls = max(calls, Int(0.001 / best))
      best = min(best, clock.measure { for _ in 0..<calls { _ = body() } }.inSeconds / Double(calls))
    }
    return Measurement(seconds: best, flops: Double(flops))
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
