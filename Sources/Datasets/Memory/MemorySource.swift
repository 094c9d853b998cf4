import Settings
import Tensors

/// Samples of the program that uses Lockstep as a library.
///
/// A config cannot hold samples: it says that there were some. A run that is taken up from a config alone, by `lockstep resume` for
/// example, is therefore refused (`DatasetError.inMemory`), while everything that needs no samples works as with any other run.
public struct MemorySource: DatasetSource {
  public let elements: SampleElements
  /// What is learnt from; nil where only the config is left.
  public let training: Samples?
  /// What the run is judged by; nil where there is none but what `validation` holds out.
  public let test: Samples?

  /// Samples to learn from, and others to evaluate on after each epoch.
  ///
  /// - Parameter test: may be nil only where the config holds out a part of the training samples (`validation`).
  /// - Throws: `SamplesError.unlike` where they differ in shape or in what they are made of.
  public init(training: Samples, test: Samples?) throws(SamplesError) {
    let samples = test ?? training
    guard samples.shape == training.shape, samples.elements == training.elements else {
      throw .unlike(
        training: "\(training.elements.rawValue) in the shape \(training.shape)",
        test: "\(samples.elements.rawValue) in the shape \(samples.shape)")
    }
    elements = training.elements
    self.training = training
    self.test = test
  }

  public static let schema = ObjectSchema(
    "memory", "Samples of a program that uses Lockstep as a library; 'lockstep train' cannot have them.",
    fields: [
      Field(
        "elements", .oneOf(SampleElements.allCases.map(\.rawValue)), default: .string(SampleElements.bytes.rawValue),
        "What the samples are made of: bytes, 0 to 255, or numbers of single precision.")
    ])

  public init(settings: Settings) throws(SettingsError) {
    guard let elements = SampleElements(rawValue: settings.string("elements")) else {
      preconditionFailure("elements '\(settings.string("elements"))' are in the schema only")
    }
    self.elements = elements
    training = nil
    test = nil
  }

  public var keys: JSONValue { ["elements": .string(elements.rawValue)] }

  /// - Throws: `DatasetError.inMemory` where only the config is left.
  public func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    guard let training else { throw .inMemory }
    switch split {
    case .train: return training.dataset.used(as: .train)
    case .test: return (test ?? training).dataset.used(as: .test)
    }
  }
}
