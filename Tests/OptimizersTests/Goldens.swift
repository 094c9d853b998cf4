import Foundation

/// A file in `Goldens/`, written by `Goldens/generate.py`.
struct Goldens<Case: Decodable>: Decodable {
  let about: String
  let cases: [String: Case]

  static func load(_ name: String) throws -> Goldens {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name)")
    return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
  }
}
