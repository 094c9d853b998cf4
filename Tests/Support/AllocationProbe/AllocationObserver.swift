import Glibc
import Training

/// Notes how many allocations all threads made from the end of one step to the end of the next.
///
/// An epoch's first step is not noted: the evaluation of the epoch before falls into its time.
final class AllocationObserver: TrainingObserver {
  /// Allocations of the whole process when the first step was done.
  private(set) var untilFirstStep = 0
  /// Step and allocations of each step that was noted.
  private(set) var steps: [(step: Int, allocations: Int)] = []
  /// Allocations of each epoch's evaluation and report.
  private(set) var evaluations: [Int] = []
  private var before = 0
  /// Calls of the allocator so far, as `AllocationCounter` counts them.
  let count: @convention(c) () -> Int

  /// Returns nil where the process was started without the counter in LD_PRELOAD.
  init?() {
    guard let symbol = dlsym(nil, "counted_allocations") else { return nil }
    count = unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)
  }

  func runStarted(_ start: RunStart) {
    steps.reserveCapacity(start.totalSteps)
    evaluations.reserveCapacity(start.epochs)
  }

  func stepFinished(_ report: StepReport) {
    let now = count()
    if report.step == 1 { untilFirstStep = now }
    if report.stepInEpoch > 1 { steps.append((report.step, now - before)) }
    before = now
  }

  func epochFinished(_ report: EpochReport) { evaluations.append(count() - before) }
  func runEnded(_ end: RunEnd) {}
}
