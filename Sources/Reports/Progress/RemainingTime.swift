import Training

/// How long a run will take from here, from what its steps, evaluations and saves have taken so far.
///
/// As many steps are taken to be done in a second as in the last minute, so that a machine that gets busy is noticed, and one slow step
/// changes little; in the first minute of a process all its steps count alike. Steps and evaluations are counted apart: an epoch that has few steps left
/// still has its whole evaluation before it.
struct RemainingTime {
  /// Seconds whose steps count.
  private static let horizon = 60.0

  private var stepsPerSecond: Double?
  private var lastStep: Int
  private var lastSeconds = 0.0
  private var evaluations = 0
  private var evaluationSeconds = 0.0

  /// - Parameter firstStep: steps that were done before this process.
  init(firstStep: Int) { lastStep = firstStep }

  /// Takes in what was trained since the last call. Does not allocate.
  ///
  /// - Parameters:
  ///   - step: steps done.
  ///   - seconds: since the run or its resume started.
  ///   - pauses: how much of that was no training.
  mutating func add(step: Int, seconds: Double, pauses: Pauses) {
    // Saves come as regularly as steps.
    let training = seconds - pauses.evaluation
    let (steps, elapsed) = (step - lastStep, training - lastSeconds)
    guard steps > 0, elapsed > 0 else { return }
    let now = Double(steps) / elapsed
    let weight = max(elapsed / training, min(elapsed / RemainingTime.horizon, 1))
    stepsPerSecond = stepsPerSecond.map { $0 + weight * (now - $0) } ?? now
    (lastStep, lastSeconds) = (step, training)
  }

  /// Takes in that an epoch was evaluated.
  mutating func addEvaluation(pauses: Pauses) {
    evaluations += 1
    evaluationSeconds = pauses.evaluation
  }

  /// Seconds that an evaluation takes; nil before the first one.
  var evaluation: Double? { evaluations > 0 ? evaluationSeconds / Double(evaluations) : nil }

  /// Seconds to go; nil before the first step. What no evaluation has told yet is not in it.
  func seconds(steps: Int, evaluations remaining: Int) -> Double? {
    guard let stepsPerSecond else { return nil }
    return Double(max(0, steps)) / stepsPerSecond + (evaluation ?? 0) * Double(max(0, remaining))
  }
}
