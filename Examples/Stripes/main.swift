import Lockstep

/// Pictures of 16 × 16 pixels with stripes of one of four directions, under noise.
func stripes(_ count: Int, seed: UInt64) throws -> Samples {
  var random = RandomStream(seed: seed, purpose: .drawing)
  let labels = (0..<count).map { $0 % 4 }
  var pixels: [UInt8] = []
  for label in labels {
    let (across, down) = [(0, 1), (1, 0), (1, 1), (1, 7)][label]
    let phase = random.integer(below: 8)
    for pixel in 0..<256 {
      let isLight = (pixel / 16 * down + pixel % 16 * across + phase) % 8 < 4
      pixels.append(UInt8((isLight ? 90 : 0) + random.integer(below: 166)))
    }
  }
  return try Samples(pixels, shape: [16, 16], labels: labels)
}

let config = try RunConfig(
  name: "stripes", data: MemorySource(training: stripes(2_000, seed: 1), test: stripes(500, seed: 2)),
  layers: [Conv2D(filters: 16, kernel: 5, activation: .relu), MaxPool2D(size: 2), Flatten(), Dense(units: 4)],
  epochs: 5, optimizer: Adam(learningRate: 0.003))
let run = Run(config)
try run.train(resuming: true) { print($0) }

let model = try Model(run.directory)
let evaluation = try model.evaluate(stripes(1_000, seed: 3))
print("accuracy on new pictures: \(evaluation.metrics["accuracy"] ?? 0)")
