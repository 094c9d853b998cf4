import Datasets
import Foundation
import Settings
import Tensors
import Testing

@Suite("The config's data object") struct DataConfigurationTests {
  private static let schema = ObjectSchema(
    "run", "A run.", fields: [Field("data", .variant(DataConfiguration.schemas(), tag: "dataset"), "The samples.")])

  private func decode(_ data: JSONValue) throws -> DataConfiguration {
    try DataConfiguration(settings: Self.schema.decode(["data": data]).settings("data"))
  }

  @Test("names every source of the table") func names() {
    #expect(DataConfiguration.schemas().map(\.name) == ["mnist", "cifar10", "digits", "memory"])
    for schema in DataConfiguration.schemas() {
      #expect(Set(schema.fields.map(\.name)).count == schema.fields.count, "a key of \(schema.name) is there twice")
    }
  }

  @Test("has the documented defaults") func defaults() throws {
    let mnist = try decode(["dataset": "mnist"])
    #expect(mnist.validation == 0 && mnist.normalization == .scale)
    #expect((mnist.source as? MNISTSource)?.directory == "Data/mnist")
    #expect((mnist.source as? MNISTSource)?.classes == 10)
    #expect((try decode(["dataset": "cifar10"]).source as? CIFAR10Source)?.directory == "Data/cifar10")
    let digits = try #require(decode(["dataset": "digits"]).source as? DigitsSource)
    #expect(digits.trainSamples == 20_000 && digits.testSamples == 4_000 && digits.seed == 1)
  }

  @Test("mixes the source's keys with the common ones") func keys() throws {
    let data = try decode([
      "dataset": "mnist", "directory": "/sets/fashion", "validation": 0.1, "normalization": "standard",
    ])
    #expect(data.validation == 0.1 && data.normalization == .standard)
    #expect((data.source as? MNISTSource)?.directory == "/sets/fashion")
  }

  @Test(
    "refuses keys of another source and values out of range",
    arguments: [
      ["dataset": "digits", "directory": "x"], ["dataset": "mnist", "validation": 1],
      ["dataset": "mnist", "validation": -0.1], ["dataset": "mnist", "normalization": "z-score"],
      ["dataset": "digits", "trainSamples": 0], ["dataset": "mnist", "classes": 1], ["dataset": "minst"], [:],
    ] as [JSONValue])
  func refused(_ data: JSONValue) {
    #expect(throws: SettingsError.self) { try decode(data) }
  }

  @Test("prepares samples, split and normalization") func prepare() throws {
    let source = DigitsSource(trainSamples: 50, testSamples: 20, seed: 3)
    let configuration = DataConfiguration(source: source, validation: 0.2, normalization: .standard)
    let data = try configuration.prepare(context: DatasetContext(), seed: 7)
    #expect(data.training.count == 50 && data.test.count == 20)
    #expect(data.split.training.count == 40 && data.split.validation.count == 10)
    let expected = Normalization(.standard, dataset: data.training, samples: data.split.training)
    #expect(data.normalization.scale.array() == expected.scale.array())
    #expect(data.normalization.offset.array() == expected.offset.array())
  }

  @Test("reports the training part first where both are bad") func bothBad() throws {
    let directory = try TemporaryDirectory()
    for name in ["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"] {
      for file in [name, name.replacingOccurrences(of: "images-idx3", with: "labels-idx1")] {
        _ = try directory.write(file, [1, 2, 3])
      }
    }
    let configuration = DataConfiguration(source: MNISTSource(directory: directory.path))
    for _ in 0..<10 {
      let error = #expect(throws: DatasetError.self) { try configuration.prepare(context: DatasetContext(), seed: 1) }
      guard case .file(let path, _) = error else {
        Issue.record("\(error.debugDescription)")
        continue
      }
      #expect(path.hasSuffix("train-images-idx3-ubyte"))
    }
  }

  @Test("refuses parts that do not fit together") func mismatch() throws {
    let directory = try TemporaryDirectory()
    try directory.write("train-images-idx3-ubyte", IDXBytes.make([1, 5, 6]))
    try directory.write("train-labels-idx1-ubyte", IDXBytes.make([1]))
    try directory.write("t10k-images-idx3-ubyte", IDXBytes.make([3, 6, 5]))
    try directory.write("t10k-labels-idx1-ubyte", IDXBytes.make([3]))
    func message(validation: Double) -> String? {
      let configuration = DataConfiguration(source: MNISTSource(directory: directory.path), validation: validation)
      return #expect(throws: DatasetError.self) {
        try configuration.prepare(context: DatasetContext(), seed: 1)
      }?.description
    }
    #expect(message(validation: 0) == "data set 'mnist': training images are 5 × 6 × 1, but test images are 6 × 5 × 1")
    try directory.write("t10k-images-idx3-ubyte", IDXBytes.make([3, 5, 6]))
    #expect(
      message(validation: 0.5)
        == "data set 'mnist' has 1 training sample, so none can be held out; set data.validation to 0")
  }
}
