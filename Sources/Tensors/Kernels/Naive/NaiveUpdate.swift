/// The reduce phase as its equations. With `Float` the results are those of `ls_update_kernels`, bit for bit; with `Double` they are
/// the reference for the kernels' errors.
public enum NaiveUpdate {
  /// Sum over shards along the fixed binary tree: neighbours first, then aligned runs of 2, 4, 8, … shards. A run without a right
  /// neighbour moves up unchanged.
  public static func treeSum<Real: BinaryFloatingPoint>(_ shards: [[Real]]) -> [Real] {
    var sums = shards
    var run = 1
    while run < sums.count {
      for left in stride(from: 0, to: sums.count - run, by: 2 * run) {
        for i in sums[left].indices { sums[left][i] += sums[left + run][i] }
      }
      run *= 2
    }
    return sums[0]
  }

  /// Sum of squares: element i goes to sum i % 32, then the sums fold in halves.
  public static func sumOfSquares(_ values: [Float]) -> Double {
    var sums = [Double](repeating: 0, count: 32)
    for (i, value) in values.enumerated() { sums[i % 32] += Double(value) * Double(value) }
    var half = 16
    while half > 0 {
      for i in 0..<half { sums[i] += sums[i + half] }
      half /= 2
    }
    return sums[0]
  }

  /// The largest magnitude; infinite where a value is infinite or not a number.
  public static func largestMagnitude(_ values: [Float]) -> Float {
    values.reduce(0) { $1.isFinite ? max($0, abs($1)) : .infinity }
  }

  /// One parameter's step of stochastic gradient descent with momentum, as `Kernels.sgd`.
  public static func sgd<Real: BinaryFloatingPoint>(
    rate: Real, decay: Real, momentum: Real, nesterov: Bool, gradient: Real, parameter: inout Real,
    velocity: inout Real
  ) {
    let step = rate * gradient
    parameter -= rate * decay * parameter
    velocity = momentum * velocity - step
    parameter += nesterov ? momentum * velocity - step : velocity
  }

  /// One parameter's step of Adam or AdamW, as `Kernels.adam`.
  public static func adam<Real: BinaryFloatingPoint>(
    rate: Real, correctedRate: Real, decay: Real, beta1: Real, beta2: Real, epsilon: Real, gradient: Real,
    parameter: inout Real, momentum: inout Real, velocity: inout Real
  ) {
    parameter -= rate * decay * parameter
    momentum += (gradient - momentum) * (1 - beta1)
    velocity += (gradient * gradient - velocity) * (1 - beta2)
    parameter -= correctedRate * momentum / (velocity.squareRoot() + epsilon)
  }

  /// One parameter's step of RMSprop, as `Kernels.rmsProp`.
  public static func rmsProp<Real: BinaryFloatingPoint>(
    rate: Real, decay: Real, rho: Real, epsilon: Real, gradient: Real, parameter: inout Real, velocity: inout Real
  ) {
    parameter -= rate * decay * parameter
    velocity = rho * velocity + (1 - rho) * (gradient * gradient)
    parameter -= rate * gradient / (velocity + epsilon).squareRoot()
  }
}
