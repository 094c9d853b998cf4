#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many processors this process may use: the default of `--threads`.
public enum ProcessorCount {
  /// The smaller of what the affinity mask allows and what the control groups' CPU quota pays for, at least 1.
  public static func available() -> Int {
    let allowed = affinity(readFile: SystemFile.text) ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return max(1, min(allowed, quota(readFile: SystemFile.text) ?? Int.max, WorkerPool.largestWorkerCount))
  }

  /// Processors in the affinity mask (`taskset`, `cpuset`), from the line `Cpus_allowed_list:	0-3,8` of `/proc/self/status`; nil where
  /// there is no such file. (Swift does not import `sched_getaffinity`.)
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func affinity(readFile: (String) -> String?) -> Int? {
    guard let list = SystemFile.status("Cpus_allowed_list", readFile: readFile) else { return nil }
    var total = 0
    for range in list.split(separator: ",") {
      let bounds = range.split(separator: "-").map { Int($0) }
      guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last, last < 1 << 20 else {
        return nil
      }
      total += last - first + 1
    }
    return total > 0 ? total : nil
  }

  /// Processors that the control groups' quota pays for, rounded up; nil where there is no quota.
  ///
  /// Version 2 has `cpu.max` (`quota period`, or `max period`) in the group and in every group above it; version 1 has
  /// `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us`.
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func quota(readFile: (String) -> String?) -> Int? {
    let limits = ControlGroups.folders(readFile: readFile).compactMap { folder -> Int? in
      switch folder.controllers {
      case nil:
        return readFile("/sys/fs/cgroup\(folder.path)/cpu.max").flatMap {
          processors($0.split(whereSeparator: \.isWhitespace))
        }
      case let names? where names.contains("cpu"):
        let quota = readFile("/sys/fs/cgroup/cpu\(folder.path)/cpu.cfs_quota_us") ?? ""
        let period = readFile("/sys/fs/cgroup/cpu\(folder.path)/cpu.cfs_period_us") ?? ""
        return processors((quota + " " + period).split(whereSeparator: \.isWhitespace))
      default:
        return nil
      }
    }
    return limits.min()
  }

  private static func processors(_ words: [Substring]) -> Int? {
    guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0 else {
      return nil
    }
    return (quota - 1) / period + 1
  }
}
