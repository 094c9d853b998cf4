import Glibc
import Settings

/// A word that the parser took for options of one letter each, and that was hardly meant so: `-dash.png`, `-threads`.
struct MisreadOption: CustomStringConvertible {
  /// All letters that are options.
  private static let letters: Set<Character> = ["h", "q"]
  /// What asks for the help.
  private static let helpWords: Set<String> = ["help", "-h", "-help", "--help", "--help-hidden"]

  private let word: String
  private let isPath: Bool

  /// The first such word of a command line that ended with a complaint about its arguments, or with the help; nil where there is none.
  ///
  /// - Parameters:
  ///   - arguments: without the program's own name.
  ///   - isHelp: whether the help came of it: perhaps because of an `h` in the word.
  init?(in arguments: some Sequence<String>, isHelp: Bool) {
    let words = arguments.prefix { $0 != "--" }
    if isHelp, words.contains(where: Self.helpWords.contains) { return nil }
    let candidates = words.filter { word in
      word.hasPrefix("-") && !word.hasPrefix("--") && word.count > 2 && Double(word) == nil
        && !word.dropFirst().allSatisfy(Self.letters.contains)
    }
    if let path = candidates.first(where: { $0.contains(".") || $0.contains("/") || access($0, F_OK) == 0 }) {
      (word, isPath) = (path, true)
    } else if isHelp, let option = candidates.first(where: { $0.contains("h") }) {
      (word, isPath) = (option, false)
    } else {
      return nil
    }
  }

  /// One line: what it was taken for, and what to write.
  var description: String {
    isPath
      ? "'\(word)' begins with a dash, as options do; for the file of this name write './\(word)'"
      : "there is no option '\(word)'; names of several letters begin with two dashes: '-\(word)'"
  }

  /// What the parser says, without a name that is not near: it suggests any that three edits lead to, `--run` for `--frob`.
  static func withoutFarSuggestion(_ text: String) -> String {
    guard let match = text.firstMatch(of: /Unknown option '-+([^']*)'(\. Did you mean '-+([^']*)'\?)/),
      NearestName.find(String(match.1), in: [String(match.3)]) == nil
    else { return text }
    return text.replacing(match.2, with: "")
  }
}
