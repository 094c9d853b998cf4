import ArgumentParser
import Settings

/// A word that stands where a command is expected and is none.
struct UnknownCommand: CustomStringConvertible {
  private let word: String
  /// The commands before it: `lockstep data`.
  private let path: String
  private let names: [String]

  /// The first word of a command line that should be a command and is not; nil where there is none.
  ///
  /// - Parameter arguments: without the program's own name.
  init?(in arguments: some Sequence<String>, of root: any ParsableCommand.Type) {
    var (command, path) = (root, [root.configuration.commandName ?? ""])
    for word in arguments {
      let subcommands = command.configuration.subcommands
      if word.hasPrefix("-") || subcommands.isEmpty { return nil }
      if word == "help", path.count == 1 { continue }
      guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
        self.word = word
        self.path = path.joined(separator: " ")
        names = subcommands.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
        return
      }
      (command, path) = (next, path + [word])
    }
    return nil
  }

  /// One line: what it was, what was meant, where to look.
  var description: String {
    let help = "'\(path) --help' lists all commands"
    if let nearest = NearestName.find(word, in: names) {
      return "'\(path)' has no command '\(word)'; did you mean '\(path) \(nearest)'? \(help)"
    }
    if names.contains("train"), word.hasSuffix(".json") {
      return "'\(path)' has no command '\(word)'; to train a config: '\(path) train \(word)'"
    }
    return "'\(path)' has no command '\(word)'; \(help)"
  }
}
