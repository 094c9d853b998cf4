import Glibc
import Training

/// Where text goes: answers to standard output, everything else to standard error.
enum Console {
  /// Puts something behind each standard descriptor that the caller has closed (`>&-`).
  ///
  /// Otherwise the next file that is opened, perhaps a run's log, would get its number, and messages would go into that file.
  /// What is put there refuses what is asked of it, as a closed descriptor does.
  static func occupyStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Prints an answer.
  ///
  /// - Throws: `TrainingError.cannotWrite`, so that a script never takes half an answer for a whole one.
  static func answer(_ text: String) throws(TrainingError) {
    guard let code = write(text + "\n", to: STDOUT_FILENO) else { return }
    // A reader that has seen enough (`| head`) is no error of ours.
    if code != EPIPE { throw .cannotWrite(path: "standard output", reason: String(cString: strerror(code))) }
  }

  /// Prints a message for the person at the terminal; there is nobody to tell where that fails.
  static func error(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  /// - Returns: the error number that stopped it, or nil when all is written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = Array(text.utf8)
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest.removeFirst(count)
    }
    return nil
  }
}
