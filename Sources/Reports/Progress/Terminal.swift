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
  /// Whether colours are wanted: not with `NO_COLOR` (https://no-color.org).
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

  /// The process's standard error.
  public static var standardError: Terminal {
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first ?? ""
    return Terminal(
      isInteractive: isTerminal,
      usesColor: isTerminal && environment("NO_COLOR") == nil,
      usesUnicode: ["utf-8", "utf8"].contains { locale.lowercased().hasSuffix($0) },
      width: { columns(of: STDERR_FILENO) },
      write: { text in Bytes.writeIgnoringFailure(Array(text.utf8), to: STDERR_FILENO) })
  }

  /// Columns of the terminal that standard output goes to; nil where it goes elsewhere.
  public static var outputWidth: Int? { isatty(STDOUT_FILENO) == 1 ? columns(of: STDOUT_FILENO) : nil }

  /// The terminal's own answer, else `COLUMNS`, else 80.
  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap { Int($0) }.map { min(max($0, 1), 1_000) } ?? 80
  }

  /// The value of a variable that is set and not empty.
  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
