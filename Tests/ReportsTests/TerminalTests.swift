import Reports
import Testing

@Suite("What a terminal can show")
struct TerminalTests {
  private static func terminal(_ isTerminal: Bool, _ environment: [String: String]) -> Terminal {
    Terminal(isTerminal: isTerminal, environment: { environment[$0] }, width: { 80 }, write: { _ in })
  }

  @Test(
    "colours: NO_COLOR has the last word, then who forces them, then the terminal",
    arguments: [
      (true, [:], true), (false, [:], false),
      (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": "1", "FORCE_COLOR": "1"], false),
      (false, ["FORCE_COLOR": "1"], true), (false, ["CLICOLOR_FORCE": "1"], true), (true, ["FORCE_COLOR": "0"], false),
      (false, ["CLICOLOR_FORCE": "0"], false), (true, ["CLICOLOR": "0"], false), (true, ["CLICOLOR": "1"], true),
      (true, ["TERM": "dumb"], false), (true, ["TERM": "dumb", "FORCE_COLOR": "1"], true),
    ] as [(Bool, [String: String], Bool)])
  func color(isTerminal: Bool, environment: [String: String], usesColor: Bool) {
    #expect(Self.terminal(isTerminal, ["TERM": "xterm"].merging(environment) { $1 }).usesColor == usesColor)
  }

  @Test("a line is redrawn where that is understood")
  func interactive() {
    #expect(Self.terminal(true, ["TERM": "vt100"]).isInteractive)
    #expect(!Self.terminal(true, ["TERM": "dumb"]).isInteractive)
    #expect(!Self.terminal(true, [:]).isInteractive)
    #expect(!Self.terminal(false, ["TERM": "vt100"]).isInteractive)
  }

  @Test(
    "UTF-8 is what the first locale that is set says",
    arguments: [
      (["LANG": "en_US.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "de_DE.UTF-8@euro"], true),
      (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false), (["LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
      (["LANG": "en_US.ISO-8859-1"], false), (["LANG": "POSIX"], false), ([:], false),
    ] as [([String: String], Bool)])
  func unicode(environment: [String: String], usesUnicode: Bool) {
    #expect(Self.terminal(true, environment).usesUnicode == usesUnicode)
  }
}
