import Settings

/// Handwritten-like digits that the program draws itself; see `SyntheticDigits`.
public struct DigitsSource: DatasetSource {
  public static let schema = ObjectSchema(
    "digits", "Synthetic handwritten digits, 28 x 28, drawn from a seed; needs no files.",
    fields: [
      Field("trainSamples", .integer(1...1_000_000), default: .integer(20_000), "Training samples to draw."),
      Field("testSamples", .integer(1...1_000_000), default: .integer(4_000), "Test samples to draw."),
      Field(
        "seed", .integer(0...Int.max), default: .integer(1),
        "Seed of the drawings; the run's own seed does not change them."),
    ])

  /// Training samples.
  public let trainSamples: Int
  /// Test samples.
  public let testSamples: Int
  /// Seed of the drawings.
  public let seed: UInt64

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      trainSamples: settings.integer("trainSamples"), testSamples: settings.integer("testSamples"),
      seed: UInt64(settings.integer("seed")))
  }

  public var keys: JSONValue {
    ["trainSamples": .integer(trainSamples), "testSamples": .integer(testSamples), "seed": .integer(Int(seed))]
  }

  /// - Precondition: at least one sample each; a seed below 2⁶³.
  public init(trainSamples: Int = 20_000, testSamples: Int = 4_000, seed: UInt64 = 1) {
    precondition(trainSamples >= 1 && testSamples >= 1, "a data set has at least one sample")
    precondition(seed <= Int.max, "a seed that no config can name")
    self.trainSamples = trainSamples
    self.testSamples = testSamples
    self.seed = seed
  }

  public func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    let count = split == .train ? trainSamples : testSamples
    try context.check(bytes: count * SyntheticDigits.shape.count, dataset: Self.schema.name)
    return try SyntheticDigits(seed: seed).dataset(split, count: count)
  }
}
