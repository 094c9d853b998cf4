import Glibc

/// A directory for one input, in memory where the system has such a place.
struct ScratchDirectory {
  let path: String

  init() throws(FuzzFailure) {
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/lockstep-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FuzzFailure("no directory in \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ bytes: [UInt8], to name: String) throws(FuzzFailure) {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FuzzFailure("cannot write \(path)/\(name)") }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FuzzFailure("cannot write \(path)/\(name)")
    }
  }

  /// Writes a file, unless something else lies in its place.
  func tryToWrite(_ bytes: [UInt8], to name: String) { try? write(bytes, to: name) }

  func makeDirectory(_ name: String) { mkdir("\(path)/\(name)", 0o700) }

  func makeLink(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

  /// Removes it and what is in it; what is in directories inside too.
  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    for name in names(in: path) {
      let entry = "\(path)/\(name)"
      if unlink(entry) != 0 { remove(entry) }
    }
    rmdir(path)
  }

  private static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
