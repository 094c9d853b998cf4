/// The control groups that this process is in: whose limits hold for it.
enum ControlGroups {
  /// One group, or one of those above it.
  struct Folder {
    /// Version 1 has a hierarchy for each controller, for example `cpu`; nil for version 2, which has one for all.
    let controllers: [Substring]?
    /// Its path in the hierarchy; empty for the root.
    let path: String
  }

  /// All of them, each before those above it; none where there are none.
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  static func folders(readFile: (String) -> String?) -> [Folder] {
    let lines = readFile("/proc/self/cgroup")?.split(separator: "\n") ?? []
    return lines.flatMap { line -> [Folder] in
      // hierarchy-number:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let controllers = parts[1].isEmpty ? nil : parts[1].split(separator: ",")
      return ancestors(of: parts[2]).map { Folder(controllers: controllers, path: $0) }
    }
  }

  /// `/a/b` → `/a/b`, `/a`, and the root as an empty string.
  private static func ancestors(of path: Substring) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).reversed().map { depth in parts[..<depth].map { "/" + $0 }.joined() }
  }
}
