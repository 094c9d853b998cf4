/// The losses of a run of any length in a fixed number of means: each of so many steps, and of twice as many whenever all are full.
struct LossCurve {
  private static let capacity = 128

  private var sums = [Double](repeating: 0, count: capacity)
  private var counts = [Int](repeating: 0, count: capacity)
  private var stepsAPlace = 1
  private var steps = 0

  /// Adds a step. Does not allocate.
  ///
  /// - Parameter loss: what is not finite leaves a gap, and the steps around it where they were.
  mutating func add(_ loss: Double) {
    if steps / stepsAPlace == LossCurve.capacity { halve() }
    let place = steps / stepsAPlace
    steps += 1
    guard loss.isFinite else { return }
    sums[place] += loss
    counts[place] += 1
  }

  private mutating func halve() {
    for place in 0..<LossCurve.capacity {
      let (first, second) = (2 * place, 2 * place + 1)
      let isThere = second < LossCurve.capacity
      sums[place] = isThere ? sums[first] + sums[second] : 0
      counts[place] = isThere ? counts[first] + counts[second] : 0
    }
    stepsAPlace *= 2
  }

  /// Mean losses from the first step to the last, at most `count` of them; not a number where all steps of a mean were left out.
  func means(_ count: Int) -> [Double] {
    let used = (steps + stepsAPlace - 1) / stepsAPlace
    let points = min(count, used)
    return (0..<points).map { point in
      let places = point * used / points..<(point + 1) * used / points
      let (sum, number) = (sums[places].reduce(0, +), counts[places].reduce(0, +))
      return number > 0 ? sum / Double(number) : .nan
    }
  }
}
