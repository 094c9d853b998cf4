import Foundation
import Testing

/// The manual page against the arguments, and against the programs that read such pages.
@Suite("The manual page")
struct ManualTests {
  private static func page() throws -> String {
    let command = try Command()
    defer { command.remove() }
    let result = try command.run(["manual"])
    #expect(result.status == 0 && result.error.isEmpty)
    return result.output
  }

  @Test("has every command and every option that the program takes")
  func complete() throws {
    let command = try Command()
    defer { command.remove() }
    let dump = try command.run(["--experimental-dump-help"]).output
    let tool = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
    let root = try #require(tool["command"] as? [String: Any])
    let page = try Self.page()
    var options = 0
    func check(_ node: [String: Any], _ path: [String]) throws {
      let below = (node["subcommands"] as? [[String: Any]] ?? []).filter { $0["shouldDisplay"] as? Bool ?? true }
      for child in below { try check(child, path + [try #require(child["commandName"] as? String)]) }
      guard below.isEmpty, path.last != "help" else { return }
      let name = path.joined(separator: " ")
      #expect(page.contains(".Nm\n.Cm \(name)\n"))
      let sections = page.components(separatedBy: ".Ss lockstep \(name)\n")
      try #require(sections.count == 2, "\(name)")
      let section = try #require(sections[1].components(separatedBy: "\n.S").first)
      for argument in node["arguments"] as? [[String: Any]] ?? [] where argument["shouldDisplay"] as? Bool == true {
        let names = (argument["names"] as? [[String: String]] ?? []).compactMap { $0["name"] }
        if names.contains("help") || names.contains("version") { continue }
        options += 1
        for name in names {
          let escaped = name.replacing("-", with: "\\-")
          #expect(section.contains("Fl \(name.count == 1 ? escaped : "\\-" + escaped)"), "\(path) \(name)")
        }
        if names.isEmpty { #expect(section.contains(".It Ar ")) }
        // In words too.
        let words = (argument["abstract"] as? String ?? "?").prefix { $0.isLetter || $0 == " " }
        #expect(section.contains(words), "\(path) \(names)")
      }
    }
    try check(root, [])
    #expect(options > 30)
  }

  @Test("has every exit code of the help")
  func exitCodes() throws {
    let page = try Self.page()
    for code in [0, 64, 65, 66, 69, 70, 74, 75, 78, 130] { #expect(page.contains(".It \(code)\n")) }
  }

  /// A program that reads manual pages, and how it is asked for its warnings alone.
  struct Reader: Sendable, CustomTestStringConvertible {
    let name: String
    let call: String
    var testDescription: String { name }
  }

  static let readers = [
    Reader(name: "mandoc", call: "mandoc -T lint -W warning page.1 2>&1"),
    Reader(name: "groff", call: "groff -mdoc -T utf8 -K utf8 -ww -z page.1 2>&1"),
    Reader(name: "man", call: "man --warnings -E UTF-8 -Tutf8 -Z -l ./page.1 2>&1 >/dev/null"),
  ]

  @Test("is read without a warning", arguments: readers)
  func lint(reader: Reader) throws {
    let command = try Command()
    defer { command.remove() }
    guard try command.shell("command -v \(reader.name) >/dev/null") == 0 else {
      print("skipped: no \(reader.name)")
      return
    }
    try command.write(try Self.page(), to: "page.1")
    let result = try command.output(ofShell: reader.call)
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
  }
}
