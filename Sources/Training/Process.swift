import Datasets
import Tensors
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What a run takes from the process it runs in: none of it changes the result but `LOCKSTEP_ISA`, which every checkpoint records.

extension Machine {
  /// The machine that the process runs on.
  ///
  /// - Parameter threads: nil for one for each processor.
  /// - Throws: `TrainingError.unfit` for a number of threads that cannot be, `InstructionSetError`.
  package static func ofProcess(threads: Int?) throws -> Machine {
    if let threads, !(1...WorkerPool.largestWorkerCount).contains(threads) {
      throw TrainingError.unfit("threads is \(threads); expected 1 to \(WorkerPool.largestWorkerCount)")
    }
    return try Machine(threads: threads, environment: environment(["LOCKSTEP_ISA"]))
  }
}

extension DatasetContext {
  /// The folder of data sets that the environment names, and the memory that can be had.
  package static var ofProcess: DatasetContext {
    DatasetContext(environment: environment(["LOCKSTEP_DATA"]), largestBytes: MemoryLimit.current()?.bytes ?? .max)
  }
}

/// Some of the environment's variables.
private func environment(_ names: [String]) -> [String: String] {
  Dictionary(
    uniqueKeysWithValues: names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } })
}
