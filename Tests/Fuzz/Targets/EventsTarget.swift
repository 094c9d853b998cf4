import Reports
import Training

/// An event file of TensorBoard's, as a resume and `lockstep inspect --verify` read it. The input is cut into blocks, each behind a
/// byte that says whether it comes as it is or as a record whose checksums are right.
enum EventsTarget {
  private static let name = "events.out.tfevents.1764150000.host.1.0"

  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    var file: [UInt8] = []
    var records = 0
    var isWhole = true
    while !input.isAtEnd {
      if input.bool() {
        file += Event.framed(input.block())
        records += isWhole ? 1 : 0
      } else {
        let block = input.block()
        file += block
        isWhole = isWhole && block.isEmpty
      }
    }
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    try directory.write(file, to: name)
    let path = "\(directory.path)/\(name)"
    guard let verdict = TensorBoardLog.inventory(name, path: path) else { throw FuzzFailure("no verdict") }
    guard !isWhole || verdict.note == "\(records) event\(records == 1 ? "" : "s") for TensorBoard" else {
      throw FuzzFailure("\(records) records are said to be: \(verdict.note)")
    }
    _ = EventFileReader.holds("loss/evaluation", step: 4, in: [path])
  }
}
