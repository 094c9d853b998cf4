#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the machine's processors have done until now: all of them, and this process alone. The difference of two tells whether a
/// measurement was disturbed.
public struct ProcessorUse: Sendable {
  /// Seconds, over all processors, in which one was busy, and in all.
  let busy, all: Double
  /// Seconds that this process was computing.
  let own: Double

  /// As of now; nil where the system does not say.
  public static func current() -> ProcessorUse? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessorUse(
      statistics: SystemFile.text("/proc/stat"), ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
      own: seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }

  /// - Parameter statistics: the text of `/proc/stat`, whose first line adds up all processors.
  package init?(statistics: String?, ticksPerSecond: Double, own: Double) {
    // user nice system idle iowait irq softirq steal; guests are counted with user.
    let words = statistics?.prefix { $0 != "\n" }.split(separator: " ") ?? []
    let ticks = words.dropFirst().prefix(8).compactMap { Double($0) }
    guard words.first == "cpu", ticks.count == 8 else { return nil }
    all = ticks.reduce(0, +) / ticksPerSecond
    busy = all - (ticks[3] + ticks[4]) / ticksPerSecond
    self.own = own
  }

  /// The share of all processors' time since `earlier` that others took, from 0 to 1: other processes, and what else the host runs.
  public func shareOfOthers(since earlier: ProcessorUse) -> Double {
    let all = all - earlier.all
    guard all > 0 else { return 0 }
    return min(1, max(0, (busy - earlier.busy) - (own - earlier.own)) / all)
  }
}
