import ArgumentParser
import Checkpoints
import Dispatch
import Foundation
import ServeArguments
import Serving
import Training

/// The server: `lockstep serve` becomes this program.
@main
struct ServeProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lockstep serve", abstract: ServeOptions.abstract, discussion: ServeOptions.discussion,
    version: LockstepVersion.current)

  /// Messages about arguments begin as those of `lockstep` do.
  static var _errorLabel: String { "lockstep" }

  @OptionGroup var options: ServeOptions

  func run() async throws {
    SignalWatcher.prepareProcess()
    AllocationArenas.limit()
    do {
      let machine = try Machine.ofProcess(threads: options.threads)
      let server = try Server(settings, machine: machine) { ServeProgram.say("lockstep: \($0)") }
      let serving = Task { try await server.run() }
      let signals = StopSignals { serving.cancel() }
      // The answer of this command: a script that asked for any port reads it here, and may end the server from now on.
      try? FileHandle.standardOutput.write(contentsOf: Data((server.url + "\n").utf8))
      try await serving.value
      withExtendedLifetime(signals) { ServeProgram.say("lockstep: stopped") }
    } catch {
      ServeProgram.say("lockstep: \(error)")
      throw ExitCode(ServeProgram.outcome(of: error).rawValue)
    }
  }

  private var settings: ServeSettings {
    var settings = ServeSettings(checkpoint: options.checkpoint)
    settings.host = options.host
    settings.port = UInt16(options.port)
    settings.run = options.run
    settings.hosts = options.hosts
    settings.origins = options.origins
    settings.reloads = !options.noReload
    settings.limits.body = options.maxBody
    settings.limits.connections = options.maxConnections
    settings.limits.headTime = .seconds(options.requestTimeout)
    settings.limits.bodyTime = .seconds(3 * options.requestTimeout)
    settings.limits.writeTime = .seconds(3 * options.requestTimeout)
    return settings
  }

  /// There is nobody to tell where that fails.
  private static func say(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }

  /// As `lockstep` has it.
  private static func outcome(of error: any Error) -> Outcome {
    switch error as? ServeError {
    case .cannotListen: .unavailable
    case .badHost: .usage
    case .noImages, .noPixels: .badData
    case .noRun: .inputMissing
    case nil: Outcome(ofRun: error) ?? .internalError
    }
  }
}

/// SIGINT and SIGTERM end the server in order; a second SIGINT at once. SIGHUP too, unless it was ignored when the program started
/// (`nohup`).
private final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  /// Returns when it listens to all of them: a signal that comes before is lost.
  init(stop: @escaping @Sendable () -> Void) {
    let registration = DispatchGroup()
    let queue = DispatchQueue(label: "lockstep.signals", qos: .userInteractive)
    let request = StopRequest()
    let numbers = [SIGINT, SIGTERM] + (SignalWatcher.isIgnored(SIGHUP) ? [] : [SIGHUP])
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if request.stop(signal: number), number == SIGINT { _exit(SignalWatcher.interruptedExitCode) }
        stop()
      }
      registration.enter()
      source.setRegistrationHandler { registration.leave() }
      source.activate()
      return source
    }
    registration.wait()
  }
}
