/// A place in a config file, or the command-line override that a value came from.
public struct TextLocation: Sendable, Equatable, CustomStringConvertible {
  /// File as the user named it; for a command-line override the whole of it, for example `--set training.epochs=3`.
  public var file: String
  /// Line, from 1; 0 for an override.
  public var line: Int
  /// Column in Unicode scalars, from 1; 0 for an override.
  public var column: Int

  /// Creates a location.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, or the override.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// Why a config was refused: one line for the user, and one for each further problem of the same document.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where in the file; nil where no file is involved.
  public var location: TextLocation?
  /// JSON path, for example `model.layers[2].kernel`; empty for the whole document.
  public var path: String
  /// What was found, what was expected, what to do.
  public var message: String
  /// What else is wrong with the document, in the order of the file.
  public var further: [SettingsError]

  /// Creates an error.
  public init(location: TextLocation?, path: String, message: String, further: [SettingsError] = []) {
    self.location = location
    self.path = path
    self.message = message
    self.further = further
  }

  /// `file:line:column: path: message`, one line for each problem.
  public var description: String {
    var parts: [String] = []
    if let location { parts.append(location.description) }
    if !path.isEmpty { parts.append(path) }
    let line = (parts + [message]).joined(separator: ": ")
    return ([line] + further.map(\.description)).joined(separator: "\n")
  }
}
