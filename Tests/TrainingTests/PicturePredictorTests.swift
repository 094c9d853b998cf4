import Checkpoints
import Datasets
import Foundation
import Pictures
import Settings
import Tensors
import Testing
import Training

/// What a network says about files, in the process.
@Suite("Pictures are recognised")
struct PicturePredictorTests {
  /// A run on drawn digits, trained for these tests, and its test samples.
  private struct Trained {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-predict-\(UUID().uuidString)")
    let config: RunConfig
    let data: PreparedData
    let checkpoint: Checkpoint
    let path: String

    /// On drawn digits.
    init() throws {
      try self.init(
        "Configs/digits.json",
        [.init("data.trainSamples=4000"), .init("data.testSamples=1000"), .init("training.epochs=3")])
    }

    init(_ file: String, _ overrides: [Override]) throws {
      config = try RunConfig(file: Repository.path(file), overrides: overrides)
      data = try config.data.prepare(
        context: DatasetContext(environment: ProcessInfo.processInfo.environment), seed: config.seed)
      let run = folder.appending(path: "run").path
      let end = try Trainer(
        config: config, data: data, directory: RunDirectory(path: run, config: config.checkpoint),
        machine: Machine(threads: 2, environment: [:]), observers: [], request: StopRequest()
      ).run()
      path = try #require(end.checkpoint)
      checkpoint = try CheckpointStore.load(path)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func model(threads: Int) throws -> CheckpointModel {
      try CheckpointModel(
        checkpoint, path: path, config: config, sampleShape: config.sampleShape(context: DatasetContext()),
        machine: Machine(threads: threads, environment: [:]))
    }

    func predictor(threads: Int) throws -> PicturePredictor {
      let preparation = try #require(PicturePreparation(shape: config.sampleShape(context: DatasetContext())))
      return try PicturePredictor(
        model: model(threads: threads), preparation: preparation, machine: Machine(threads: threads, environment: [:]))
    }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
      try Data(bytes).write(to: folder.appending(path: name))
      return folder.appending(path: name).path
    }

    func digit(_ sample: Int) -> Picture {
      Picture(width: 28, height: 28, channels: .grey, bytes: data.test.image(sample).array())
    }

    /// Dark on a white page of 200 × 160, four times as large.
    func page(_ sample: Int) -> Picture {
      let large = digit(sample).resized(width: 112, height: 112)
      var bytes = [UInt8](repeating: 255, count: 200 * 160)
      let (left, top) = (sample * 37 % 88, sample * 11 % 48)
      for index in large.bytes.indices {
        bytes[(top + index / 112) * 200 + left + index % 112] = 255 - large.bytes[index]
      }
      return Picture(width: 200, height: 160, channels: .grey, bytes: bytes)
    }
  }

  @Test("from PNG, PGM and IDX files as from the data set, with the same bits, on any number of threads")
  func sameBits() throws {
    let trained = try Trained()
    defer { trained.remove() }
    let expected = try trained.model(threads: 2).probabilities(trained.data.test, samples: 600)
    let images = try trained.data.test.writeIDX(directory: trained.folder.path, compressed: true)[0]
    var inputs: [PredictionInput] = []
    for sample in 0..<300 {
      let digit = trained.digit(sample)
      let file = sample % 2 == 0 ? PNG.encode(digit) : Array("P5 28 28 255\n".utf8) + digit.bytes
      inputs.append(.file(path: try trained.write(file, to: "\(sample)"), images: nil))
    }
    inputs.append(.file(path: images, images: 300...599))
    for threads in [1, 3] {
      var found: [Float] = []
      var indices: [Int?] = []
      try trained.predictor(threads: threads).run(inputs) { result in
        let prediction = try result.get()
        #expect(prediction.picture.treatment == .unchanged)
        found += prediction.probabilities
        indices.append(prediction.index)
      }
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
      #expect(indices == Array(repeating: nil, count: 300) + (300..<600).map { $0 })
    }
  }

  @Test("dark on a white page, four times as large and off its centre, nearly as well")
  func pages() throws {
    let trained = try Trained()
    defer { trained.remove() }
    let count = 500
    let inputs = try (0..<count).map { sample in
      PredictionInput.file(path: try trained.write(PNG.encode(trained.page(sample)), to: "\(sample).png"), images: nil)
    }
    var right = 0
    var place = 0
    try trained.predictor(threads: 2).run(inputs) { result in
      if try result.get().ranking[0] == Int(trained.data.test.labels.view[place]) { right += 1 }
      place += 1
    }
    let direct = try trained.model(threads: 2).evaluate(trained.data.test).metrics["accuracy"] ?? 0
    #expect(Double(right) / Double(count) > direct - 0.03, "\(right) of \(count); as samples \(direct)")
  }

  /// 1,000 of them, after one epoch; `Benchmarks/pictures` measures more ways, and trained networks.
  @Test(
    "MNIST's test images: as PNG with the same bits, and dark on white pages within a percent",
    .enabled(
      if: ProcessInfo.processInfo.environment["LOCKSTEP_DATA"].map {
        FileManager.default.fileExists(atPath: $0 + "/mnist")
      } ?? false, "MNIST is not in LOCKSTEP_DATA"))
  func mnist() throws {
    let trained = try Trained("Configs/mnist-cnn.json", [.init("training.epochs=1")])
    defer { trained.remove() }
    let count = 1_000
    let expected = try trained.model(threads: 2).probabilities(trained.data.test, samples: count)
    let samples = try (0..<count).map {
      PredictionInput.file(path: try trained.write(PNG.encode(trained.digit($0)), to: "s\($0).png"), images: nil)
    }
    let pages = try (0..<count).map {
      PredictionInput.file(path: try trained.write(PNG.encode(trained.page($0)), to: "p\($0).png"), images: nil)
    }
    var answers: [Prediction] = []
    try trained.predictor(threads: 2).run(samples + pages) { answers.append(try $0.get()) }
    let found = answers.prefix(count).flatMap(\.probabilities)
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    let labels = trained.data.test.labels.array().prefix(count).map { Int($0) }
    let right = [answers.prefix(count), answers.suffix(count)].map { part in
      zip(part, labels).count { $0.ranking[0] == $1 }
    }
    #expect(right[0] > 970 && right[1] >= right[0] - 10, "\(right)")
  }

  @Test("one bad picture among many is named, and the others are answered in their order")
  func failures() throws {
    let trained = try Trained()
    defer { trained.remove() }
    let good = try trained.write(PNG.encode(trained.digit(7)), to: "good.png")
    let cut = try trained.write(Array(PNG.encode(trained.digit(7)).dropLast(20)), to: "cut.png")
    let images = try trained.data.test.writeIDX(directory: trained.folder.path, compressed: false)[0]
    let inputs: [PredictionInput] = [
      .file(path: good, images: nil), .file(path: cut, images: nil), .file(path: good, images: 0...0),
      .file(path: images, images: 999...1000), .file(path: "none.png", images: nil),
      .file(path: images, images: 999...999), .file(path: trained.folder.path, images: nil),
      .file(path: good, images: nil),
    ]
    var answers: [String] = []
    try trained.predictor(threads: 2).run(inputs) { result in
      switch result {
      case .success(let prediction): answers.append("\(prediction.source) \(prediction.index ?? -1)")
      case .failure(let error): answers.append("\(error) \(error.isMissing)")
      }
    }
    let length = PNG.encode(trained.digit(7)).count - 20
    #expect(
      answers == [
        "\(good) -1",
        "\(cut): ends after \(length) bytes, inside its chunk IDAT; it was not copied or downloaded whole false",
        "\(good) is one picture, no IDX file; name it without a number false",
        "\(images) has no image 1000: it holds 1000 images, numbered from 0 false",
        "none.png: cannot be read: No such file or directory true",
        "\(images) 999",
        "\(trained.folder.path): is a directory, not a file false",
        "\(good) -1",
      ])
  }

  @Test("what a user writes names a file, images of it, or standard input")
  func names() throws {
    let cases: [(String, PredictionInput)] = [
      ("-", .standardInput),
      ("a.png", .file(path: "a.png", images: nil)),
      ("a.gz[3]", .file(path: "a.gz", images: 3...3)),
      ("a.gz[0-9]", .file(path: "a.gz", images: 0...9)),
      ("there[1]", .file(path: "there[1]", images: nil)),
      ("[3]", .file(path: "[3]", images: nil)),
      ("a[]", .file(path: "a[]", images: nil)),
      ("a[9-0]", .file(path: "a[9-0]", images: nil)),
      ("a[-1]", .file(path: "a[-1]", images: nil)),
      ("a[1-2-3]", .file(path: "a[1-2-3]", images: nil)),
      ("a[99999999999999999999]", .file(path: "a[99999999999999999999]", images: nil)),
    ]
    for (name, input) in cases { #expect(try PredictionInput(name) { $0 == "there[1]" } == input, "\(name)") }
    for name in ["idx[5-2]", "idx[-1]", "idx[a]", "idx[0-3,7]", "idx[99999999999999999999]", "idx[]"] {
      #expect(throws: PredictionError.malformedRange(name)) { try PredictionInput(name) { $0 == "idx" } }
    }
  }

  @Test("bytes that are no number of inputs are refused")
  func misfits() throws {
    let trained = try Trained()
    defer { trained.remove() }
    let model = try trained.model(threads: 1)
    for count in [0, 783, 785] {
      #expect(throws: TrainingError.self) { try model.probabilities(of: Storage<UInt8>(count: count)) }
    }
    #expect(try model.probabilities(of: Storage<UInt8>(count: 2 * 784)).count == 20)
    #expect(throws: TrainingError.self) {
      try PicturePredictor(
        model: model, preparation: #require(PicturePreparation(shape: [32, 32, 3])),
        machine: Machine(threads: 1, environment: [:]))
    }
  }
}
