import Training

/// Something that workers spend their time on, for one number of threads.
struct BenchmarkPart {
  /// A pass of a layer.
  struct Pass {
    /// Seconds a step, added over all workers.
    var seconds: Double
    /// Floating-point operations a second of one worker, counted densely; nil where none are counted.
    var rate: Double?
  }

  var name: String
  /// Seconds a step, added over all workers.
  var seconds: Double
  var forward: Pass?
  var backward: Pass?

  /// A layer that computes nothing has nothing to show.
  var isShown: Bool { seconds > 0 || forward == nil }
}

extension BenchmarkReport {
  /// Everything that adds up to a step of all workers.
  func parts(_ result: ThreadResult) -> [BenchmarkPart] {
    let split = result.split
    let rows = zip(layers, split.layers).map { layer, time in
      BenchmarkPart(
        name: layer.names.joined(separator: " + "), seconds: time.forward + time.backward + time.weights,
        forward: pass(time.forward, flops: layer.forwardFlops, split),
        backward: pass(time.backward + time.weights, flops: layer.backwardFlops, split))
    }
    return rows + [
      BenchmarkPart(name: "loss", seconds: split.loss), BenchmarkPart(name: "data", seconds: split.data),
      BenchmarkPart(name: "preparing kernels", seconds: split.layers.reduce(0) { $0 + $1.prepare }),
      BenchmarkPart(name: "rest of the shards", seconds: split.shards),
      BenchmarkPart(name: "reduce + update", seconds: split.reduce),
      BenchmarkPart(name: "waiting in a phase", seconds: split.waiting),
      BenchmarkPart(name: "between the phases", seconds: split.overhead * Double(split.workers)),
    ]
  }

  private func pass(_ seconds: Double, flops: Int, _ split: TimeSplit) -> BenchmarkPart.Pass {
    BenchmarkPart.Pass(
      seconds: seconds, rate: flops > 0 && seconds > 0 ? Double(flops) * split.samples / seconds : nil)
  }
}

extension ThreadResult {
  /// What one of the workers reaches at most while all of them work.
  var peakOfOne: Double { peak / Double(threads) }
}
