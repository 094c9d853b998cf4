/// What the processor calls itself, for reports.
public enum ProcessorName {
  /// The first `model name` of `/proc/cpuinfo`, for example `AMD EPYC 9654 96-Core Processor`; nil where there is none.
  public static func current() -> String? { name(readFile: SystemFile.text) }

  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func name(readFile: (String) -> String?) -> String? {
    let lines = readFile("/proc/cpuinfo")?.split(separator: "\n")
    guard let line = lines?.first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return nil }
    let name = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return name.isEmpty ? nil : name
  }
}
