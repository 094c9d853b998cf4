import Foundation
import Lockstep

/// A folder that is gone with its owner.
final class Scratch {
  let path = NSTemporaryDirectory() + "lockstep-library-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }
}

/// Pictures of 6 × 6 pixels, bright on the left or on the right, under noise: as bytes, and as the numbers that the bytes stand for.
enum Halves {
  static func bytes(_ count: Int, seed: UInt64 = 1) -> (pixels: [UInt8], labels: [Int]) {
    var random = RandomStream(seed: seed, purpose: .test)
    let labels = (0..<count).map { $0 % 2 }
    let pixels = labels.flatMap { label in
      (0..<36).map { UInt8(random.integer(below: 130) + ($0 % 6 / 3 == label ? 125 : 0)) }
    }
    return (pixels, labels)
  }

  static func samples(_ count: Int, seed: UInt64 = 1) throws -> Samples {
    let (pixels, labels) = bytes(count, seed: seed)
    return try Samples(pixels, shape: [6, 6], labels: labels)
  }

  static func numbers(_ count: Int, seed: UInt64 = 1) throws -> Samples {
    let (pixels, labels) = bytes(count, seed: seed)
    return try Samples(pixels.map { Float($0) * (1 / 255) }, shape: [6, 6, 1], labels: labels)
  }

  static let layers: [any Layer] = [
    Conv2D(filters: 3, kernel: 3, activation: .relu), Flatten(), Dropout(rate: 0.2), Dense(units: 2),
  ]

  /// 4 epochs of 5 steps.
  static func config(
    _ data: (any DatasetSource)? = nil, epochs: Int = 4, further: JSONValue = [:]
  ) throws -> RunConfig {
    try RunConfig(
      name: "halves", seed: 3, data: data ?? MemorySource(training: samples(100), test: samples(40, seed: 2)),
      layers: layers, epochs: epochs, batchSize: 20, optimizer: Adam(learningRate: 0.03), further: further)
  }
}
