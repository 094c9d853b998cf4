import Foundation
import Synchronization
import Testing

/// A terminal of some size in which a program runs, and what it was told to show.
final class PseudoTerminal: Sendable {
  private static let setsid = "/usr/bin/setsid"

  /// Whether a program can be given a terminal here; says so where not.
  static var isAvailable: Bool {
    let isThere = FileManager.default.isExecutableFile(atPath: setsid)
    if !isThere { print("skipped: no \(setsid), which gives a process a terminal") }
    return isThere
  }

  private let main: Int32
  private let path: String
  private let received = Mutex<[UInt8]>([])
  private let isClosed = DispatchSemaphore(value: 0)

  init(columns: Int, rows: Int = 24) throws {
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (number, locked) = (Int32(0), Int32(0))
    // TIOCGPTN and TIOCSPTLCK: Swift imports neither these nor `ptsname`.
    try #require(main >= 0 && ioctl(main, 0x8004_5430, &number) == 0 && ioctl(main, 0x4004_5431, &locked) == 0)
    path = "/dev/pts/\(number)"
    resize(columns: columns, rows: rows)
  }

  deinit { close(main) }

  /// As somebody who drags the edge of the window.
  func resize(columns: Int, rows: Int = 24) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)
  }

  /// As somebody who types.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(main, bytes, bytes.count)
  }

  /// Starts a program that has this as its terminal, and begins to read what it writes.
  func start(_ command: Command, _ arguments: [String]) throws -> Process {
    let terminal = FileHandle(fileDescriptor: open(path, O_RDWR | O_NOCTTY), closeOnDealloc: true)
    let process = try command.start(
      PseudoTerminal.setsid, ["--ctty", "--wait"] + arguments, terminal: terminal)
    try terminal.close()
    Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while case let count = read(main, &buffer, buffer.count), count > 0 {
        received.withLock { $0 += buffer[..<count] }
      }
      isClosed.signal()
    }
    return process
  }

  /// All that was written so far.
  var text: String { received.withLock { String(decoding: $0, as: UTF8.self) } }

  /// Waits for some text.
  ///
  /// - Returns: whether it came.
  func wait(for wanted: String, while process: Process) -> Bool {
    Command.wait(while: process) { text.contains(wanted) }
    return text.contains(wanted)
  }

  /// Waits for the program's end, and for all that it wrote.
  ///
  /// - Returns: its exit code.
  func end(_ process: Process) -> Int32 {
    process.waitUntilExit()
    _ = isClosed.wait(timeout: .now() + 10)
    return Command.status(of: process)
  }

  /// Runs a program to its end.
  ///
  /// - Returns: its exit code.
  func run(_ command: Command, _ arguments: [String]) throws -> Int32 { end(try start(command, arguments)) }
}

/// What a terminal shows of what it is sent: as much of a VT100 as progress needs.
struct Screen {
  /// The lines, without blanks at their ends.
  private(set) var lines = [""]
  /// The longest line that ever stood there, before it was drawn over.
  private(set) var widest = 0
  private var column = 0

  init(_ text: String) {
    // In scalars: to Swift, a carriage return and a line feed are one character.
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\n": lines.append("")
      case "\u{1B}":
        scalars = scalars.drop { $0 == "[" }
        let parameters = scalars.prefix { !("@"..."~").contains($0) }
        scalars = scalars.dropFirst(parameters.count)
        if scalars.popFirst() == "K" { lines[lines.count - 1] = String(lines[lines.count - 1].prefix(column)) }
      default: put(Character(scalar))
      }
    }
  }

  private mutating func put(_ character: Character) {
    var line = Array(lines[lines.count - 1])
    while line.count <= column { line.append(" ") }
    line[column] = character
    column += 1
    widest = max(widest, column)
    lines[lines.count - 1] = String(line)
  }
}
