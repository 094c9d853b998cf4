import Foundation
import Tensors
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

  /// Prints an answer that is no text.
  ///
  /// - Throws: `TrainingError.cannotWrite`, also at a terminal, which would obey it.
  static func answer(_ bytes: Storage<UInt8>) throws(TrainingError) {
    let name = "standard output"
    guard isatty(STDOUT_FILENO) == 0 else {
      throw .cannotWrite(path: name, reason: "it is a terminal; lead it to a file or a program")
    }
    do {
      try FileHandle.standardOutput.write(contentsOf: bytes.withMutableBytes { Data($0) })
    } catch {
      if errno != EPIPE { throw .cannotWrite(path: name, reason: String(cString: strerror(errno))) }
    }
  }

  /// Prints an answer that what was done does not depend on: where nobody reads it any more, at the terminal itself.
  ///
  /// In `lockstep train … | tee log`, Ctrl-C ends `tee` at once while the run is still being saved; without this nobody would learn how
  /// to go on.
  ///
  /// - Throws: `TrainingError.cannotWrite` where there is a place for it that does not take it, as a full disk. Not where there is
  ///   none: a daemon that closed its standard output (`>&-`) wants no answer.
  static func tell(_ text: String) throws(TrainingError) {
    guard let code = write(text + "\n", to: STDOUT_FILENO) else { return }
    guard [EPIPE, EBADF].contains(code) else {
      throw .cannotWrite(path: "standard output", reason: String(cString: strerror(code)))
    }
    guard code == EPIPE else { return }
    let terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return }
    defer { close(terminal) }
    // Another program may have the terminal meanwhile.
    if tcgetpgrp(terminal) == getpgrp() { _ = write("\n" + text + "\n", to: terminal) }
  }

  /// Prints a message for the person at the terminal; there is nobody to tell where that fails.
  static func error(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  /// Without what a terminal would obey: names of files may hold anything.
  private static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }

  /// - Returns: the error number that stopped it, or nil when all is written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = Array((isatty(descriptor) == 1 ? printable(text) : text).utf8)
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest.removeFirst(count)
    }
    return nil
  }
}
