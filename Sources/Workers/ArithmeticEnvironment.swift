import CKernels

/// How a thread's floating-point arithmetic rounds, and what becomes of subnormal numbers.
///
/// Every item of a phase runs in the same one, whatever the caller's thread was set to: to the nearest, and subnormal numbers are
/// zeros. The first is a part of the promise of same bits. The second costs nothing that training could miss (numbers below 1.2e-38)
/// and saves processors that leave subnormals to microcode from it: an optimizer's moments decay towards zero and stay just above it
/// wherever an input is always zero, as on the border of MNIST's images. (TensorFlow and XLA do the same.)
struct ArithmeticEnvironment {
  private let outside: UInt64

  /// Enters the environment of phases on the calling thread.
  init() {
    outside = ls_environment()
    ls_set_environment(ls_kernel_environment())
  }

  /// Brings back what was before. On the same thread.
  func leave() { ls_set_environment(outside) }
}
