import CKernels

// The Swift face of `ls_update_kernels`: what the reduce phase does to a slice of the flat parameter vector.
extension Kernels {
  /// Sums one slice over the shards along the fixed binary tree.
  ///
  /// - Parameters:
  ///   - gradients: the vector of shard 0, then of shard 1 and so on, each `stride` floats long, cut so that the slice begins at 0.
  ///   - total: gets the sum; its count is the slice's length.
  public func treeSum(shards: Int, stride: Int, gradients: View<Float>, total: MutableView<Float>) {
    precondition(shards >= 1 && shards < 1 << 32, "tree sum of no shards")
    precondition(stride >= total.count, "tree sum of overlapping slices")
    check(gradients, holds: (shards - 1) * stride + total.count, "gradients")
    table.pointee.update.tree_sum(Int64(shards), Int64(stride), Int64(total.count), gradients.base, total.base)
  }

  /// Sum of squares in FP64, in an order fixed by the count.
  public func sumOfSquares(_ values: View<Float>) -> Double {
    table.pointee.update.sum_of_squares(Int64(values.count), values.base)
  }

  /// The largest magnitude of the values, 0 where there are none; infinite where one is infinite or not a number.
  public func largestMagnitude(_ values: View<Float>) -> Float {
    table.pointee.update.largest_magnitude(Int64(values.count), values.base)
  }

  /// Multiplies every value by `factor`.
  public func scale(_ values: MutableView<Float>, by factor: Float) {
    table.pointee.update.scale(Int64(values.count), factor, values.base)
  }

  /// One step of stochastic gradient descent; `velocity` is nil where `momentum` is 0.
  public func sgd(
    rate: Float, decay: Float, momentum: Float, nesterov: Bool, gradient: View<Float>,
    parameters: MutableView<Float>, velocity: MutableView<Float>?
  ) {
    precondition((velocity == nil) == (momentum == 0), "momentum needs a velocity, and only momentum does")
    check(gradient, holds: parameters.count, "gradient")
    if let velocity { check(velocity, holds: parameters.count, "velocity") }
    table.pointee.update.sgd(
      Int64(parameters.count), rate, decay, momentum, nesterov ? 1 : 0, gradient.base, parameters.base,
      velocity?.base)
  }

  /// One step of Adam or AdamW; `correctedRate` is `rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ)`.
  public func adam(
    rate: Float, correctedRate: Float, decay: Float, beta1: Float, beta2: Float, epsilon: Float,
    gradient: View<Float>, parameters: MutableView<Float>, momentum: MutableView<Float>,
    velocity: MutableView<Float>
  ) {
    check(gradient, holds: parameters.count, "gradient")
    check(momentum, holds: parameters.count, "momentum")
    check(velocity, holds: parameters.count, "velocity")
    table.pointee.update.adam(
      Int64(parameters.count), rate, correctedRate, decay, beta1, beta2, epsilon, gradient.base,
      parameters.base, momentum.base, velocity.base)
  }

  /// One step of RMSprop.
  public func rmsProp(
    rate: Float, decay: Float, rho: Float, epsilon: Float, gradient: View<Float>,
    parameters: MutableView<Float>, velocity: MutableView<Float>
  ) {
    check(gradient, holds: parameters.count, "gradient")
    check(velocity, holds: parameters.count, "velocity")
    table.pointee.update.rms_prop(
      Int64(parameters.count), rate, decay, rho, epsilon, gradient.base, parameters.base, velocity.base)
  }
}
