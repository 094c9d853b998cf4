/// A word of the command line that should name something and is empty, as of a shell variable that is not set.
struct EmptyArgument: CustomStringConvertible {
  private let number: Int
  private let word: String

  /// The first one; nil where there is none, and where a shell asks for completions, the word before its cursor being empty.
  ///
  /// - Parameter arguments: without the program's own name.
  init?(in arguments: some Sequence<String>) {
    let words = Array(arguments)
    guard words.first?.hasPrefix("---") != true else { return nil }
    let names = words.prefix { $0 != "--" }
    guard
      let index = words.firstIndex(of: "")
        ?? names.firstIndex(where: { $0.hasPrefix("--") && $0.hasSuffix("=") && !$0.dropLast().contains("=") })
    else { return nil }
    (number, word) = (index + 1, words[index])
  }

  /// One line: which, and why perhaps.
  var description: String {
    let place = word.isEmpty ? "argument \(number) is empty" : "argument \(number), '\(word)', has an empty value"
    return "\(place), where a path or a value is expected; is a variable of the shell not set?"
  }
}
