#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where progress is shown, and what can be shown there.
public struct Terminal: Sendable {
  /// Whether it is a terminal that can redraw a line.
  public var isInteractive: Bool
  /// Whether colours are wanted.
  public var usesColor: Bool
  /// Whether its encoding is UTF-8.
  public var usesUnicode: Bool
  /// Columns; asked before each drawing, since a window can change its size.
  public var width: @Sendable () -> Int
  /// Shows text. A terminal that is gone is no reason to end a run: failures are ignored.
  public var write: @Sendable (String) -> Void

  /// Describes a terminal.
  public init(
    isInteractive: Bool, usesColor: Bool, usesUnicode: Bool, width: @escaping @Sendable () -> Int,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isInteractive = isInteractive
    self.usesColor = usesColor
    self.usesUnicode = usesUnicode
    self.width = width
    self.write = write
  }

  /// Describes what a process writes to, from its environment.
  ///
  /// - Parameters:
  ///   - isTerminal: whether it is a terminal at all.
  ///   - environment: the value of a variable; nil where it is not set, or empty.
  package init(
    isTerminal: Bool, environment: (String) -> String?, width: @escaping @Sendable () -> Int,
    write: @escaping @Sendable (String) -> Void
  ) {
    // Without a type, as with the type `dumb`, nothing is known to be understood.
    let isInteractive = isTerminal && !["dumb", nil].contains(environment("TERM"))
    self.init(
      isInteractive: isInteractive, usesColor: Terminal.usesColor(isInteractive, environment),
      usesUnicode: Terminal.usesUnicode(environment), width: width, write: write)
  }

  /// The process's standard error.
  public static var standardError: Terminal { Terminal(descriptor: STDERR_FILENO) }

  /// The process's standard output.
  public static var standardOutput: Terminal { Terminal(descriptor: STDOUT_FILENO) }

  private init(descriptor: Int32) {
    self.init(
      isTerminal: isatty(descriptor) == 1, environment: Terminal.environment,
      width: { Terminal.columns(of: descriptor) },
      write: { text in Bytes.writeIgnoringFailure(Array(text.utf8), to: descriptor) })
  }

  /// Columns of the terminal that standard output goes to; where it goes elsewhere what `COLUMNS` says, and else nil.
  public static var outputWidth: Int? { isatty(STDOUT_FILENO) == 1 ? columns(of: STDOUT_FILENO) : wantedColumns }

  /// `NO_COLOR` (https://no-color.org) has the last word; `FORCE_COLOR` (https://force-color.org) and `CLICOLOR_FORCE` want colours
  /// even in a file; `CLICOLOR=0` wants none on a terminal.
  private static func usesColor(_ isInteractive: Bool, _ environment: (String) -> String?) -> Bool {
    if environment("NO_COLOR") != nil { return false }
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
      if let value = environment(name) { return !["0", "false"].contains(value) }
    }
    return isInteractive && environment("CLICOLOR") != "0"
  }

  /// By the locale that counts: the first of these variables that is set.
  private static func usesUnicode(_ environment: (String) -> String?) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first ?? ""
    let encoding = locale.lowercased().split(separator: ".").dropFirst().first?.split(separator: "@").first
    return ["utf-8", "utf8"].contains(encoding)
  }

  /// The terminal's own answer, else `COLUMNS`, else 80.
  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return wantedColumns ?? 80
  }

  /// `COLUMNS`; nil where it is no number.
  private static var wantedColumns: Int? { environment("COLUMNS").flatMap { Int($0) }.map { min(max($0, 1), 1_000) } }

  /// The value of a variable that is set and not empty.
  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
