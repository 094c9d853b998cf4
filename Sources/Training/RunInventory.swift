import Checkpoints
import Settings

/// A file in a run's directory, and what is to be thought of it.
public struct RunFile: Sendable, Equatable {
  /// What is to be thought of it.
  public enum Verdict: String, Sendable {
    /// Ours, and as it should be.
    case good
    /// Ours, and not as it was written.
    case damaged
    /// Ours, and not to be read by this user.
    case unreadable
    /// Half written: by a process that is dead, and then the next training removes it, or by one that writes it now.
    case leftover
    /// Not ours: it is neither read nor removed.
    case foreign
  }

  /// Its name.
  public var name: String
  /// The verdict.
  public var verdict: Verdict
  /// What it holds or what is wrong with it.
  public var note: String

  /// Creates an entry.
  public init(name: String, verdict: Verdict, note: String) {
    self.name = name
    self.verdict = verdict
    self.note = note
  }
}

/// Every file of a run's directory with its verdict. Nothing is created, changed or removed.
public enum RunInventory {
  /// Looks at every file, at every byte of those that are ours.
  ///
  /// - Parameter log: the verdict on a file that only floors above know, for example a log; nil for one that is not theirs either.
  /// - Returns: in the order of their names.
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func files(
    in path: String, log: (_ name: String, _ path: String) -> RunFile?
  ) throws(CheckpointError) -> [RunFile] {
    let directory = CheckpointDirectory(path)
    let checkpoints = try directory.list()
    var files: [RunFile] = []
    for name in try directory.names().sorted() {
      let file = path + "/" + name
      if let listed = checkpoints.first(where: { $0.step == CheckpointDirectory.step(inName: name) }) {
        files.append(checkpoint(listed, name: name, in: directory))
      } else if let writer = CheckpointDirectory.writer(ofTemporary: name) {
        files.append(
          RunFile(
            name: name, verdict: .leftover,
            note: writer.isAlive
              ? "being written by process \(writer.process)"
              : "half written by process \(writer.process), which is dead; the next training removes it"))
      } else if name == "config.json" {
        files.append(config(file, name: name))
      } else if name == "lock" {
        files.append(lock(path, name: name))
      } else {
        files.append(log(name, file) ?? RunFile(name: name, verdict: .foreign, note: "not a file of Lockstep's"))
      }
    }
    return files
  }

  private static func checkpoint(
    _ file: CheckpointDirectory.File, name: String, in directory: CheckpointDirectory
  ) -> RunFile {
    do throws(CheckpointError) {
      let run = try directory.load(file).run
      let best = run.score.map { ", evaluated: \(RunRecord.monitored) \($0)" } ?? ""
      return RunFile(name: name, verdict: .good, note: "checkpoint, every byte is as it was written\(best)")
    } catch {
      let isUnreadable = if case .unreadable = error.reason { true } else { false }
      return RunFile(
        name: name, verdict: isUnreadable ? .unreadable : .damaged, note: note(error.finding, of: file.path))
    }
  }

  private static func config(_ path: String, name: String) -> RunFile {
    do {
      let config = try RunConfig(file: path)
      return RunFile(name: name, verdict: .good, note: "config of \(config.name)")
    } catch TrainingError.cannotRead(_, let reason) {
      return RunFile(name: name, verdict: .unreadable, note: "cannot be read: \(reason)")
    } catch TrainingError.directoryForConfig {
      return RunFile(name: name, verdict: .unreadable, note: "a directory, not a config")
    } catch {
      return RunFile(name: name, verdict: .damaged, note: note("\(error)", of: path))
    }
  }

  private static func lock(_ directory: String, name: String) -> RunFile {
    guard let holder = RunLock.holder(directory: directory) else {
      return RunFile(name: name, verdict: .damaged, note: "no lock: it cannot be opened, or is a link")
    }
    let process = holder.process.map { "process \($0)" }
    let note =
      holder.isHeld ? "held by \(process ?? "a process")" : "free" + (process.map { "; last held by \($0)" } ?? "")
    return RunFile(name: name, verdict: .good, note: note)
  }

  /// A message without the file's name in front, which stands beside it, and in one line.
  private static func note(_ message: String, of path: String) -> String {
    let line = message.split(separator: "\n").first.map(String.init) ?? message
    return line.hasPrefix(path + ": ") ? String(line.dropFirst(path.utf8.count + 2)) : line
  }
}
