import Training

extension TensorBoardLog {
  /// The verdict on an event file; nil for a file of another name.
  public static func inventory(_ name: String, path: String) -> RunFile? {
    guard EventFileName.matches(name) else { return nil }
    do throws(MetricsLogError) {
      guard var reader = try EventFileReader(path) else {
        return RunFile(name: name, verdict: .damaged, note: "cannot be read")
      }
      var events = 0
      while let item = try reader.next() {
        switch item {
        case .event: events += 1
        case .cutShort:
          // A process that is killed leaves such an event, and one that is at work may have.
          return RunFile(
            name: name, verdict: .good,
            note: "\(RunText.count(events, "event")) for TensorBoard, and one cut short, which it leaves out")
        case .damaged(let offset):
          return RunFile(
            name: name, verdict: .damaged,
            note: "the event at byte \(offset) is not as it was written; TensorBoard shows the \(events) before it")
        }
      }
      return RunFile(name: name, verdict: .good, note: "\(RunText.count(events, "event")) for TensorBoard")
    } catch {
      return RunFile(name: name, error)
    }
  }
}
