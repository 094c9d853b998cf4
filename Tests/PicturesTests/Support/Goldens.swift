import Foundation
import Pictures

/// What Goldens/generate.py writes.
struct Goldens: Decodable {
  /// A file and the samples in it.
  struct Case: Decodable {
    let name: String
    let file: Data
    let width: Int
    let height: Int
    let channels: Int
    let bytes: Data

    /// What a reader must find.
    var picture: Picture { Picture(width, height, channels, bytes) }
  }

  /// `original` in another size.
  struct Size: Decodable {
    let width: Int
    let height: Int
    let bytes: Data
  }

  let cases: [Case]
  /// A chunk that inflates to 8 MB of text.
  let textBomb: Data
  /// 37 × 23 pixels with colours.
  let original: Data
  let sizes: [Size]

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Goldens")

  /// A Python with `Tests/Interoperability/requirements.txt` installed.
  static let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

  /// Those that are committed.
  static let committed: Goldens = {
    do {
      return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: folder.appending(path: "pictures.json")))
    } catch {
      fatalError("pictures.json: \(error)")
    }
  }()

  /// Others, made now.
  static func made(seed: Int) throws -> Goldens {
    try JSONDecoder().decode(Goldens.self, from: run(["pictures", "--seed", "\(seed)"]))
  }

  /// What the script prints.
  static func run(_ arguments: [String]) throws -> Data {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: python ?? "/usr/bin/python3")
    process.arguments = [folder.appending(path: "generate.py").path] + arguments
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
    return data
  }
}

extension Picture {
  init(_ width: Int, _ height: Int, _ channels: Int, _ bytes: Data) {
    guard let channels = Channels(rawValue: channels) else { fatalError("\(channels) channels") }
    self.init(width: width, height: height, channels: channels, bytes: [UInt8](bytes))
  }

  /// Any picture, the same for the same size.
  init(any width: Int, _ height: Int, _ channels: Channels) {
    var state: UInt32 = 7
    let bytes = (0..<width * height * channels.rawValue).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    self.init(width: width, height: height, channels: channels, bytes: bytes)
  }
}
