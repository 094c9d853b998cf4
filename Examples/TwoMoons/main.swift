import Foundation
import Lockstep

// Two half moons that reach into each other, 500 points each: no line can part them.
var random = RandomStream(seed: 1, purpose: .drawing)
var points: [Float] = []
let labels = (0..<1_000).map { $0 % 2 }
for label in labels {
  let angle = Float.pi * random.uniform()
  let (x, y) = label == 0 ? (cos(angle), sin(angle)) : (1 - cos(angle), 0.5 - sin(angle))
  points += [x + 0.1 * random.normal(), y + 0.1 * random.normal()]
}

let samples = try Samples(points, shape: [2], labels: labels)
let config = try RunConfig(
  name: "two-moons", data: MemorySource(training: samples, test: nil), validation: 0.2, normalization: .standard,
  layers: [Dense(units: 32, activation: .tanh), Dense(units: 32, activation: .tanh), Dense(units: 2)],
  epochs: 60, batchSize: 50, optimizer: Adam(learningRate: 0.01), schedule: CosineSchedule())
let run = Run(config)
for try await event in run.events(resuming: true) {
  if case .epoch(let epoch, _) = event, epoch.epoch.isMultiple(of: 20) { print(event) }
}

// What it makes of the whole plane.
let model = try Model(run.directory)
for y in stride(from: Float(1.4), through: -0.9, by: -0.2) {
  let row = stride(from: Float(-1.3), through: 2.3, by: 0.06).flatMap { x in [x, y] }
  print(try model.predict(row).map { $0 == 0 ? "." : "#" }.joined())
}
