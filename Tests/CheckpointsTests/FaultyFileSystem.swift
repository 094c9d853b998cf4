import Checkpoints
import Glibc
import Synchronization
import Tensors

/// The calls of another file system, the system's own unless told otherwise, of which the n-th can fail, and a record of all that were made.
final class FaultyFileSystem: Sendable {
  /// Which calls fail.
  enum Fault: Sendable {
    case none
    /// The n-th call, counted from 1, and no other.
    case transient(Int)
    /// The n-th call and all after it.
    case persistent(Int)
  }

  private struct State {
    var fault = Fault.none
    var calls: [String] = []
  }

  private let state = Mutex(State())
  private let code: Int32
  private let base: FileSystem

  init(_ fault: Fault = .none, code: Int32 = ENOSPC, over base: FileSystem = .system) {
    self.code = code
    self.base = base
    state.withLock { $0.fault = fault }
  }

  /// Calls so far, as `operation name`.
  var calls: [String] { state.withLock { $0.calls } }

  /// Forgets the calls so far, so that faults count from here.
  func reset(_ fault: Fault) {
    state.withLock { $0 = State(fault: fault) }
  }

  private func count(_ operation: String, _ path: String) throws(SystemError) {
    let fails = state.withLock { state in
      state.calls.append("\(operation) \(path.split(separator: "/").last ?? "/")")
      return switch state.fault {
      case .none: false
      case .transient(let number): state.calls.count == number
      case .persistent(let number): state.calls.count >= number
      }
    }
    if fails { throw SystemError(operation: operation, path: path, code: code) }
  }

  /// The calls, for a writer.
  var fileSystem: FileSystem {
    let system = base
    var faulty = system
    faulty.create = { path throws(SystemError) in
      try self.count("create", path)
      return try system.create(path)
    }
    faulty.write = { file, path, bytes throws(SystemError) in
      try self.count("write", path)
      return try system.write(file, path, bytes)
    }
    faulty.flush = { file, path throws(SystemError) in
      try self.count("fsync", path)
      try system.flush(file, path)
    }
    faulty.close = { file, path throws(SystemError) in
      // The file is closed even where close reports an error, as on Linux.
      try system.close(file, path)
      try self.count("close", path)
    }
    faulty.rename = { source, destination throws(SystemError) in
      try self.count("rename", source)
      try system.rename(source, destination)
    }
    faulty.remove = { path throws(SystemError) in
      try self.count("unlink", path)
      try system.remove(path)
    }
    faulty.flushDirectory = { path throws(SystemError) in
      try self.count("fsync directory", path)
      try system.flushDirectory(path)
    }
    return faulty
  }
}
