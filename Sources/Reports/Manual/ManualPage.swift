/// The manual page of a program, written from its arguments, so that it says what the program takes.
public struct ManualPage: Sendable {
  /// Names with an explanation each: variables, files, exit codes.
  public typealias Entry = (name: String, text: String)

  /// The program.
  public var command: CommandDescription
  /// Its version.
  public var version: String
  /// When the text that is not written from the arguments changed last: `November 26, 2026`.
  public var date: String
  /// What is said about the program as a whole, in paragraphs.
  public var description: [String]
  /// Variables that it reads.
  public var environment: [Entry]
  /// Files that it reads and writes.
  public var files: [Entry]
  /// How it ends.
  public var exitCodes: [Entry]
  /// Lines of a shell, each after a sentence on what they do.
  public var examples: [(text: String, lines: [String])]
  /// Other pages, with their sections.
  public var seeAlso: [(page: String, section: Int)]

  /// Collects the parts.
  public init(
    command: CommandDescription, version: String, date: String, description: [String], environment: [Entry],
    files: [Entry], exitCodes: [Entry], examples: [(text: String, lines: [String])],
    seeAlso: [(page: String, section: Int)]
  ) {
    self.command = command
    self.version = version
    self.date = date
    self.description = description
    self.environment = environment
    self.files = files
    self.exitCodes = exitCodes
    self.examples = examples
    self.seeAlso = seeAlso
  }

  /// The page in mdoc(7), for `man -l`.
  public var mdoc: String {
    let name = command.commandName
    var text = """
      .\\" Written by '\(name) manual' from the definitions of its arguments: do not edit.
      .Dd \(date)
      .Dt \(name.uppercased()) 1
      .Os \(name) \(version)
      .Sh NAME
      .Nm \(name)
      .Nd \(Roff.escaped(Self.asPhrase(command.abstract ?? "")))
      .Sh SYNOPSIS

      """
    text += command.leaves.map(synopsis).joined()
    text += ".Nm\n.Fl -help | Fl -version\n"
    text += ".Sh DESCRIPTION\n" + description.map(Roff.prose).joined(separator: ".Pp\n")
    text += ".Sh COMMANDS\n" + command.leaves.map(section).joined()
    text += ".Sh ENVIRONMENT\n" + list(environment) { ".It Ev \(Roff.argument($0))\n" }
    text += ".Sh FILES\n" + list(files) { ".It Pa \(Roff.argument($0))\n" }
    text += ".Sh EXIT STATUS\n" + list(exitCodes) { ".It \(Roff.argument($0))\n" }
    text += ".Sh EXAMPLES\n"
    text += examples.map { Roff.prose($0.text) + Roff.literal($0.lines) }.joined(separator: ".Pp\n")
    text += ".Sh SEE ALSO\n" + crossReferences
    return text
  }

  // MARK: Commands

  private func synopsis(_ leaf: CommandDescription.Leaf) -> String {
    ".Nm\n.Cm \(leaf.words.joined(separator: " "))\n" + leaf.command.ownArguments.map(usage).joined()
  }

  /// An argument as it stands in the synopsis: `.Op Fl -threads Ar n`.
  private func usage(_ argument: CommandDescription.Argument) -> String {
    let repeats = argument.isRepeating ? " ..." : ""
    let call = call(argument) + repeats
    return argument.isOptional || argument.kind == "flag" ? ".Op \(call)\n" : ".\(call)\n"
  }

  /// `Ar config`, `Fl -resume`, `Fl -threads Ar n`.
  private func call(_ argument: CommandDescription.Argument) -> String {
    let value = "Ar \(Roff.argument(argument.valueName ?? "value"))"
    guard argument.kind != "positional" else { return value }
    let flag = "Fl \(Roff.escaped(String(preferred(argument).dropFirst())))"
    return argument.kind == "flag" ? flag : "\(flag) \(value)"
  }

  private func preferred(_ argument: CommandDescription.Argument) -> String {
    let names = (argument.names ?? []).map(\.text)
    return names.first { $0.hasPrefix("--") } ?? names.first ?? ""
  }

  private func section(_ leaf: CommandDescription.Leaf) -> String {
    var text = ".Ss \(command.commandName) \(leaf.words.joined(separator: " "))\n"
    text += Roff.prose(leaf.command.abstract ?? "")
    let (before, examples) = Self.parts(of: leaf.command.discussion ?? "")
    for paragraph in before { text += ".Pp\n" + Roff.prose(paragraph) }
    let arguments = leaf.command.ownArguments
    if !arguments.isEmpty {
      text += ".Bl -tag -width Ds\n"
      for argument in arguments { text += item(argument) }
      text += ".El\n"
    }
    if !examples.isEmpty {
      text += ".Pp\n\(examples.count > 1 ? "Examples" : "Example"):\n" + Roff.literal(examples)
    }
    return text
  }

  private func item(_ argument: CommandDescription.Argument) -> String {
    // The short name stands before the long one.
    let others = (argument.names ?? []).map(\.text).filter { $0 != preferred(argument) }
    let short = others.map { "Fl \(Roff.escaped(String($0.dropFirst()))) , " }.joined()
    var text = ".It \(short)\(call(argument))\n" + Roff.prose(argument.abstract ?? "")
    if let discussion = argument.discussion { text += Roff.prose(discussion) }
    if let values = argument.allValues, let last = values.last {
      text += Roff.prose("One of \(values.dropLast().joined(separator: ", "))\(values.count > 1 ? " or " : "")\(last).")
    }
    if let value = argument.defaultValue { text += Roff.prose("The default is \(value).") }
    return text
  }

  /// Paragraphs of a discussion, and the lines of its examples, which are indented.
  private static func parts(of discussion: String) -> (paragraphs: [String], examples: [String]) {
    let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let examples = lines.filter { $0.hasPrefix("  ") }.map { String($0.drop { $0 == " " }) }
    let isText: (String) -> Bool = { !$0.hasPrefix("  ") && !["Example:", "Examples:"].contains($0) }
    let paragraphs = lines.filter(isText).split(separator: "").map { $0.joined(separator: " ") }
    return (paragraphs, examples)
  }

  // MARK: Lists

  private func list(_ entries: [Entry], _ item: (String) -> String) -> String {
    ".Bl -tag -width Ds\n" + entries.map { item($0.name) + Roff.prose($0.text) }.joined() + ".El\n"
  }

  private var crossReferences: String {
    let pages = seeAlso.sorted { ($0.section, $0.page) < ($1.section, $1.page) }
    return pages.enumerated().map { number, page in
      ".Xr \(page.page) \(page.section)\(number < pages.count - 1 ? " ," : "")\n"
    }.joined()
  }

  /// A sentence as it stands after the program's name: `trains neural networks`.
  private static func asPhrase(_ sentence: String) -> String {
    let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
