import Dispatch
import Synchronization
import Tensors

/// What several cores do at most, each with multiply-adds in its own registers.
enum Peak {
  /// FLOP/s of so many threads together: the best of several runs of some 20 milliseconds.
  static func flopsPerSecond(_ kernels: Kernels, threads: Int) -> Double {
    (0..<10).map { _ in run(kernels, threads: threads) }.max() ?? 0
  }

  /// The threads end together, within one call of the kernel, so none of them measures an idle neighbour.
  private static func run(_ kernels: Kernels, threads: Int) -> Double {
    let clock = ContinuousClock()
    let total = Mutex(0.0)
    let start = clock.now
    let deadline = start + .milliseconds(20)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      var flops = 0
      while clock.now < deadline { flops += kernels.peak(rounds: 10_000) }
      let rate = Double(flops) / (clock.now - start).inSeconds
      total.withLock { $0 += rate }
    }
    return total.withLock { $0 }
  }
}
