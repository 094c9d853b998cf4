#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes the names in a directory durable.
func synchronizeDirectory(_ path: String) throws(MetricsLogError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
  guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
  defer { close(descriptor) }
  // Some file systems cannot flush a directory and say so with EINVAL; they have nothing to flush then.
  if fsync(descriptor) != 0, errno != EINVAL { throw .system(operation: "flush", path: path, code: errno) }
}

/// Gives a file another name, in place of a file that has it.
func renameFile(_ old: String, to new: String) throws(MetricsLogError) {
  if rename(old, new) != 0 { throw .system(operation: "replace", path: new, code: errno) }
}

/// Removes a file that is no longer wanted; nothing depends on success.
func removeFile(_ path: String) { unlink(path) }
