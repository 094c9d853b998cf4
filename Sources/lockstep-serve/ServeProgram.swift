import ArgumentParser
import Checkpoints
import Dispatch
import Foundation
import ServeArguments
import Serving
import Settings
import Tensors
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
      let machine = try Machine(threads: options.threads, environment: ProcessInfo.processInfo.environment)
      let server = try Server(settings, machine: machine) { ServeProgram.say("lockstep: \($0)") }
      let serving = Task { try await server.run() }
      let signals = StopSignals { serving.cancel() }
      // The answer of this command: a script that asked for any port reads it here, and may end the server from now on.
      try? FileHandle.standardOutput.write(contentsOf: Data((server.url + "\n").utf8))
      try await serving.value
      withExtendedLifetime(signals) { ServeProgram.say("lockstep: stopped") }
    } catch {
      ServeProgram.say("lockstep: \(error)")
      throw ExitCode(ServeProgram.exitCode(of: error))
    }
  }

  private var settings: ServeSettings {
    var settings = ServeSettings(checkpoint: options.checkpoint)
    settings.host = options.host
    settings.port = options.port
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

  /// As `lockstep` does: 66 for what is missing, 65 for what is damaged, 78 for a config; 69 for a port that cannot be had.
  private static func exitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as ServeError:
      switch error {
      case .cannotListen: 69
      case .badHost: 64
      case .noImages: 65
      case .noRun: 66
      }
    case let error as CheckpointError:
      switch error.reason {
      case .missing, .unreadable: 66
      default: 65
      }
    case TrainingError.nothingToResume(_, let skipped): skipped.isEmpty ? 66 : 65
    case TrainingError.otherNetwork, TrainingError.damagedState: 65
    case is TrainingError, is SettingsError: 78
    case is InstructionSetError: 64
    default: 70
    }
  }
}

/// SIGINT and SIGTERM end the server in order; a second SIGINT at once.
private final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  /// Returns when it listens to all of them: a signal that comes before is lost.
  init(stop: @escaping @Sendable () -> Void) {
    let registration = DispatchGroup()
    let queue = DispatchQueue(label: "lockstep.signals", qos: .userInteractive)
    let request = StopRequest()
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
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
