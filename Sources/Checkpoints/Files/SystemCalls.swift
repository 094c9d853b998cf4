import Glibc
import Tensors

/// System calls that look at files and directories.
package enum SystemCalls {
  /// Names in a directory, without `.` and `..`, in no particular order.
  static func names(in directory: String) throws(SystemError) -> [String] {
    guard let stream = opendir(directory) else { throw SystemError.last("open", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw SystemError.last("read", directory) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
  }

  /// Makes a directory and those on the way to it; one that exists already is fine.
  static func createDirectories(_ path: String, _ fileSystem: FileSystem) throws(SystemError) {
    guard !isDirectory(path) else { return }
    let parent = FilePath.directory(of: path)
    if parent != path { try createDirectories(parent, fileSystem) }
    guard mkdir(path, 0o755) == 0 || (errno == EEXIST && isDirectory(path)) else {
      throw SystemError.last("create directory", path)
    }
    try fileSystem.flushDirectory(parent)
  }

  /// Whether a process of this number exists.
  static func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno == EPERM }

  /// Whether a directory has this name, or is where a link of this name leads.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
