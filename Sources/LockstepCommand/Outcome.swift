import ArgumentParser
import Interchange
import Reports
import Training

extension Outcome {
  /// A step that made no progress; the same number, because it is a fault of the program or the machine.
  static let stalled = internalError

  /// Every exit code with its meaning, as help and manual page list them.
  static let documentation: [(code: Int32, meaning: String)] = [
    (0, "done"),
    (usage.rawValue, "usage"),
    (badData.rawValue, "bad data or checkpoint, or numbers that are not finite"),
    (inputMissing.rawValue, "input missing or unreadable"),
    (unavailable.rawValue, "the port of 'lockstep serve' is taken, or its program is not there"),
    (internalError.rawValue, "a fault of the program, or a step that does not end"),
    (cannotWrite.rawValue, "cannot write"),
    (stopped.rawValue, "stopped by a signal after a good save: 'lockstep resume' goes on"),
    (badConfig.rawValue, "bad config"),
    (SignalWatcher.interruptedExitCode, "ended by a second Ctrl-C, or by one before the first step"),
  ]

  /// Runs a command's body; an error becomes one message on standard error and the exit code that belongs to it.
  static func report(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch {
      Console.error("lockstep: \(error)")
      throw ExitCode(Outcome(of: error).rawValue)
    }
  }

  /// Shows the help of a command that was called without one of its subcommands.
  static func needsSubcommand(_ command: (some ParsableCommand).Type) -> ExitCode {
    Console.error(HelpText.text { LockstepCommand.helpMessage(for: command, columns: $0) })
    return ExitCode(usage.rawValue)
  }

  /// The exit code of an error of the floors below.
  init(of error: any Error) {
    switch error {
    case is SavedRunError: self = .inputMissing
    case is MetricsLogError: self = .cannotWrite
    case let error as WeightsError: self = Outcome(of: error)
    case is ExportError: self = .badData
    default: self = Outcome(ofRun: error) ?? .internalError
    }
  }

  private init(of error: WeightsError) {
    switch error {
    case .file(let error): self = Outcome(of: error)
    case .refused(_, let exitCode): self = Outcome(rawValue: exitCode) ?? .badData
    case .otherNetwork, .notFinite, .crashed: self = .badData
    case .reader: self = .internalError
    }
  }
}
