import Glibc

/// Where text goes: answers to standard output, everything else to standard error.
enum Console {
  /// Prints an answer.
  static func answer(_ text: String) { write(text + "\n", to: 1) }

  /// Prints a message for the person at the terminal.
  static func error(_ text: String) { write(text + "\n", to: 2) }

  /// A closed pipe (`| head`) is no error of ours: what nobody reads need not be written.
  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, Array(rest), rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
