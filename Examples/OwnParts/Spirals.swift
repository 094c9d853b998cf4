import Foundation
import Lockstep

/// Points on three arms of a spiral, drawn from a seed.
struct Spirals: DatasetSource, Equatable {
  var samples = 3_000

  static let schema = ObjectSchema(
    "spirals", "Points on three arms of a spiral.",
    fields: [Field("samples", .integer(3...1_000_000), default: 3_000, "Points to draw, for each part.")])

  init(samples: Int = 3_000) { self.samples = samples }

  init(settings: Settings) throws(SettingsError) { samples = settings.integer("samples") }

  var keys: JSONValue { ["samples": .integer(samples)] }

  /// Coordinates are no bytes.
  var elements: SampleElements { .numbers }

  func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    var random = RandomStream(seed: 1, purpose: .drawing, lane: split == .train ? 0 : 1)
    var points: [Float] = []
    let labels = (0..<samples).map { $0 % 3 }
    for label in labels {
      let radius = random.uniform()
      let angle = 5 * radius + Float(label) * 2 * .pi / 3 + 0.15 * random.normal()
      points += [radius * cos(angle), radius * sin(angle)]
    }
    do throws(SamplesError) {
      return try Samples(points, shape: [2], labels: labels).dataset
    } catch {
      throw .custom(dataset: "spirals", reason: "\(error)")
    }
  }
}
