import Tensors
import Workers

/// What a run computes on. Not part of the config, since it must not change the result (the instruction set does, and is therefore
/// recorded in every checkpoint).
public struct Machine: Sendable {
  /// Worker threads.
  public let threads: Int
  /// Processors that this process may use.
  public let processors: Int
  /// The kernels.
  public let kernels: Kernels

  /// - Parameters:
  ///   - threads: wished number of threads, `1...WorkerPool.largestWorkerCount`, or nil for one for each processor that the affinity mask
  ///     and the control groups' quota allow.
  ///   - environment: the process's environment, for `LOCKSTEP_ISA`.
  /// - Throws: `InstructionSetError`.
  public init(threads: Int?, environment: [String: String]) throws(InstructionSetError) {
    processors = ProcessorCount.available()
    self.threads = threads ?? processors
    kernels = try Kernels.selected(environment: environment)
  }
}
