import Glibc

/// Limits that a process puts on itself before it touches what may be hostile.
public enum ResourceLimits {
  /// Most processor time, in seconds, that reading a file may take.
  private static let processorSeconds: rlim_t = 120

  /// From now on this process has so many bytes of address space on top of what reading a file of `fileBytes` takes, two minutes of
  /// the processor, and leaves neither files nor a core dump.
  public static func confine(fileBytes: Int) {
    // The file itself, the library's copy of it, the values read out of it, and the program with its libraries.
    let room = rlim_t(clamping: fileBytes).multipliedReportingOverflow(by: 4)
    let (bytes, overflow) = room.partialValue.addingReportingOverflow(2 << 30)
    if !room.overflow, !overflow { limit(RLIMIT_AS, to: bytes) }
    limit(RLIMIT_CPU, to: processorSeconds)
    limit(RLIMIT_FSIZE, to: 0)
    limit(RLIMIT_CORE, to: 0)
  }

  /// Never raises a limit, and leaves it where the system refuses: it is a second fence, not the first.
  private static func limit(_ resource: __rlimit_resource, to value: rlim_t) {
    var limits = rlimit()
    let number = __rlimit_resource_t(resource.rawValue)
    guard getrlimit(number, &limits) == 0 else { return }
    limits.rlim_cur = min(limits.rlim_cur, value)
    limits.rlim_max = min(limits.rlim_max, value)
    _ = setrlimit(number, &limits)
  }
}
