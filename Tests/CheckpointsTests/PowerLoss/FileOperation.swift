import Checkpoints
import Synchronization
import Tensors

/// What a writer did to one directory, as far as a disk that loses its power cares. Files go by their names in the directory.
enum FileOperation: Sendable, Equatable {
  case create(String)
  case write(String, [UInt8])
  case flush(String)
  case rename(String, to: String)
  case remove(String)
  case flushDirectory
  /// A flush that failed: what it should have made durable may or may not be so, and no later flush can tell.
  case failedFlush(String)
  case failedDirectoryFlush
  /// The store reported the save of this number as durable.
  case reportedDurable(Int)
}

/// Calls of another file system, with a record of those that had an effect.
final class RecordingFileSystem: Sendable {
  private let base: FileSystem
  private let record = Mutex<[FileOperation]>([])

  init(_ base: FileSystem) { self.base = base }

  /// What was done so far.
  var operations: [FileOperation] { record.withLock { $0 } }

  /// Puts something into the record.
  func note(_ operation: FileOperation) { record.withLock { $0.append(operation) } }

  private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The calls, for a writer.
  var fileSystem: FileSystem {
    let base = base
    var recording = base
    recording.create = { path throws(SystemError) in
      let file = try base.create(path)
      self.note(.create(Self.name(path)))
      return file
    }
    recording.write = { file, path, bytes throws(SystemError) in
      let count = try base.write(file, path, bytes)
      self.note(.write(Self.name(path), bytes[0..<count].array()))
      return count
    }
    recording.flush = { file, path throws(SystemError) in
      do throws(SystemError) {
        try base.flush(file, path)
      } catch {
        self.note(.failedFlush(Self.name(path)))
        throw error
      }
      self.note(.flush(Self.name(path)))
    }
    recording.rename = { source, destination throws(SystemError) in
      try base.rename(source, destination)
      self.note(.rename(Self.name(source), to: Self.name(destination)))
    }
    recording.remove = { path throws(SystemError) in
      try base.remove(path)
      self.note(.remove(Self.name(path)))
    }
    recording.flushDirectory = { path throws(SystemError) in
      do throws(SystemError) {
        try base.flushDirectory(path)
      } catch {
        self.note(.failedDirectoryFlush)
        throw error
      }
      self.note(.flushDirectory)
    }
    return recording
  }
}

extension FileSystem {
  /// The system's calls without waiting for the disk, where nobody will cut its power.
  static var unflushed: FileSystem {
    var fileSystem = FileSystem.system
    fileSystem.flush = { _, _ in }
    fileSystem.flushDirectory = { _ in }
    return fileSystem
  }
}
