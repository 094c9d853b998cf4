import Dispatch
import Synchronization
import Workers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Turns signals into requests, on a queue of its own, for as long as it lives.
///
/// SIGINT, SIGTERM: finish the step, save, stop; a SIGINT after one of these ends the process at once with exit code 130. SIGHUP: as
/// SIGTERM, unless it was ignored when the process started (`nohup`). SIGXCPU, which comes at a soft limit on CPU time: as SIGTERM.
/// SIGUSR1: save and go on.
///
/// Before the run begins there is nothing to save: a signal that would stop it ends the process, by itself, as it would without this. So
/// who started the process sees what it was, and does not take it for a run that can be resumed.
public final class SignalWatcher {
  /// Exit code after a second Ctrl-C: 128 + SIGINT, as shells report it.
  public static let interruptedExitCode: Int32 = 130

  private let sources: [any DispatchSourceSignal]
  private let phase: Phase

  /// Whether the run has begun.
  private final class Phase: Sendable {
    let isRunning: Atomic<Bool>

    init(isRunning: Bool) { self.isRunning = Atomic(isRunning) }
  }

  /// Starts watching.
  ///
  /// - Parameters:
  ///   - request: where requests go.
  ///   - beforeStart: called with the signal's name before the process ends by it because the run has not begun, which `begin` says; nil
  ///     where it has.
  ///   - beforeExit: called before the process ends on a second Ctrl-C, to put the terminal in order.
  public init(
    _ request: StopRequest, beforeStart: (@Sendable (_ signal: String) -> Void)? = nil,
    beforeExit: @escaping @Sendable () -> Void = {}
  ) {
    let phase = Phase(isRunning: beforeStart == nil)
    self.phase = phase
    let queue = DispatchQueue(label: "lockstep.signals", qos: .userInteractive)
    let registered = DispatchGroup()
    var sources: [any DispatchSourceSignal] = []
    func watch(_ number: Int32, _ action: @escaping @Sendable () -> Void) {
      #if canImport(Darwin)
        // There, Dispatch sees a signal only where its default action is off. On Linux it takes the action's place itself, and a
        // signal that came before that would be lost if it were ignored: it ends the process, as nothing is there to be saved.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard !phase.isRunning.load(ordering: .relaxed) else { return action() }
        guard number != SIGUSR1 else { return }
        beforeStart?(SignalWatcher.name(of: number))
        SignalWatcher.prepareProcess()
        raise(number)
      }
      registered.enter()
      source.setRegistrationHandler { registered.leave() }
      source.activate()
      sources.append(source)
    }
    watch(SIGINT) {
      if request.stop(signal: SIGINT) {
        beforeExit()
        _exit(SignalWatcher.interruptedExitCode)
      }
    }
    watch(SIGTERM) { request.stop(signal: SIGTERM) }
    watch(SIGXCPU) { request.stop(signal: SIGXCPU) }
    if !SignalWatcher.isIgnored(SIGHUP) { watch(SIGHUP) { request.stop(signal: SIGHUP) } }
    watch(SIGUSR1) { request.saveNow() }
    registered.wait()
    self.sources = sources
  }

  /// From here on there is something to save.
  public func begin() { phase.isRunning.store(true, ordering: .relaxed) }

  /// From here on signals do again what they did when the program started: there is nothing left to save.
  deinit {
    for source in sources { source.cancel() }
    SignalWatcher.prepareProcess()
  }

  /// Lets the signals through that end a process, and ignores others: SIGUSR1, which asks to save while there is nothing to save;
  /// SIGPIPE and SIGXFSZ, so that a closed pipe (`| head`) and a limit on the size of files are errors of one write and not the end of
  /// the run. To be called when the program starts: a parent that blocks signals on the thread it starts programs from, as Dispatch does
  /// on its own, passes that on.
  public static func prepareProcess() {
    for number in [SIGUSR1, SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    for number in [SIGINT, SIGTERM, SIGXCPU] { signal(number, SIG_DFL) }
    if !isIgnored(SIGHUP) { signal(SIGHUP, SIG_DFL) }
    // The first process of a container has no default actions: what is not handled is ignored.
    if getpid() == 1 {
      for number in [SIGINT, SIGTERM] { signal(number) { _exit(128 + $0) } }
    }
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU] { sigaddset(&signals, number) }
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  /// `SIGINT` for 2, and so on; the number for others. `the program` where no signal asked.
  public static func name(of signal: Int32) -> String {
    switch signal {
    case StopRequest.byProgram: "the program"
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    case SIGXCPU: "SIGXCPU"
    default: "signal \(signal)"
    }
  }

  /// Whether the process was started with this signal ignored: the bit in `SigIgn` of `/proc/self/status`. (Swift cannot compare the
  /// handler that `sigaction` returns with `SIG_IGN`.)
  package static func isIgnored(_ number: Int32) -> Bool {
    guard let mask = SystemFile.status("SigIgn").flatMap({ UInt64($0, radix: 16) }) else { return false }
    return mask >> UInt64(number - 1) & 1 == 1
  }
}
