import Datasets
import Foundation
import Tensors
import Testing

@Suite("The mnist source") struct MNISTSourceTests {
  private let trainImages = "train-images-idx3-ubyte"
  private let trainLabels = "train-labels-idx1-ubyte"

  @Test("reads pairs of rank 3 and 4") func ranks() throws {
    let directory = try TemporaryDirectory()
    try directory.write(trainImages, IDXBytes.make([4, 5, 6]))
    try directory.write(trainLabels, IDXBytes.make([4]))
    try directory.write("t10k-images-idx3-ubyte.gz", GzipBytes.member(IDXBytes.make([3, 5, 6, 2])))
    try directory.write("t10k-labels-idx1-ubyte.gz", GzipBytes.member(IDXBytes.make([3])))
    let source = MNISTSource(directory: directory.path)
    let train = try source.load(.train, context: DatasetContext())
    #expect(train.shape == [5, 6, 1] && train.count == 4 && train.name == "mnist" && train.split == .train)
    #expect(train.labels.array() == [0, 1, 2, 3])
    #expect(train.image(1).array() == Array(30..<60))
    let test = try source.load(.test, context: DatasetContext())
    #expect(test.shape == [5, 6, 2] && test.count == 3 && test.split == .test)
    #expect(test.fingerprint != train.fingerprint)
  }

  @Test("hashes shape, count, images and labels, however the images arrive", arguments: [true, false])
  func fingerprint(compressed: Bool) throws {
    let directory = try TemporaryDirectory()
    // More than two parts of a megabyte.
    let written = try SyntheticDigits(seed: 4).dataset(.train, count: 2_800)
    _ = try written.writeIDX(directory: directory.path, compressed: compressed)
    let read = try MNISTSource(directory: directory.path).load(.train, context: DatasetContext())
    var hash = SHA256()
    for number in [28, 28, 1, 2_800] { hash.update(number) }
    hash.update(written.images.view)
    hash.update(written.labels.view)
    let expected = hash.finish()
    #expect(read.fingerprint == expected)
    #expect(written.fingerprint == expected)
  }

  @Test("names what it looked for and what to do") func missing() throws {
    let context = DatasetContext(dataDirectory: "/nowhere/data", workingDirectory: "/elsewhere")
    let error = #expect(throws: DatasetError.self) { try MNISTSource().load(.train, context: context) }
    #expect(
      error?.description == """
        data set 'mnist' is missing: no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in /nowhere/data/mnist \
        (there is no such folder) or /elsewhere/Data/mnist (there is no such folder); run 'lockstep data fetch mnist', or name another folder \
        (data.directory, LOCKSTEP_DATA, --data)
        """)
  }

  @Test("looks into LOCKSTEP_DATA first") func precedence() throws {
    let directory = try TemporaryDirectory()
    let digits = try Samples.dataset(count: 10)
    let others = try Samples.dataset(count: 20)
    _ = try digits.writeIDX(directory: directory("data/mnist"), compressed: true)
    _ = try others.writeIDX(directory: directory("work/sets"), compressed: false)
    let source = MNISTSource(directory: "sets")
    func count(_ environment: [String: String]) throws -> Int {
      let context = DatasetContext(environment: environment, workingDirectory: directory("work"))
      return try source.load(.train, context: context).count
    }
    #expect(try count(["LOCKSTEP_DATA": directory("data")]) == 10)
    #expect(try count(["LOCKSTEP_DATA": directory("none")]) == 20)
    #expect(try count(["LOCKSTEP_DATA": ""]) == 20)
    #expect(try count([:]) == 20)
  }

  @Test("does not put labels of one directory under images of another") func mixed() throws {
    let directory = try TemporaryDirectory()
    let dataset = try Samples.dataset(count: 10)
    _ = try dataset.writeIDX(directory: directory("complete"), compressed: true)
    _ = try dataset.writeIDX(directory: directory("data/mnist"), compressed: true)
    try #require(rename(directory("data/mnist/\(trainLabels).gz"), directory("gone")) == 0)
    let context = DatasetContext(dataDirectory: directory("data"))
    let error = #expect(throws: DatasetError.self) {
      try MNISTSource(directory: directory("complete")).load(.train, context: context)
    }
    #expect(
      error?.description.hasPrefix(
        "data set 'mnist' is missing: no \(trainLabels) or \(trainLabels).gz in \(directory("data/mnist"));") == true)
  }

  @Test("refuses files that do not belong together") func counts() throws {
    let directory = try TemporaryDirectory()
    let images = try directory.write(trainImages, IDXBytes.make([4, 5, 6]))
    let labels = try directory.write(trainLabels + ".gz", GzipBytes.member(IDXBytes.make([5])))
    let error = #expect(throws: DatasetError.self) {
      try MNISTSource(directory: directory.path).load(.train, context: DatasetContext())
    }
    #expect(
      error?.description
        == "\(images) holds 4 images, but \(labels) holds 5 labels; the two files do not belong together")
  }

  @Test("refuses a label that is no class") func labels() throws {
    let directory = try TemporaryDirectory()
    try directory.write(trainImages, IDXBytes.make([3, 2, 2]))
    try directory.write(trainLabels, IDXBytes.make([3], payload: [0, 10, 11]))
    let error = #expect(throws: DatasetError.self) {
      try MNISTSource(directory: directory.path).load(.train, context: DatasetContext())
    }
    #expect(
      error?.description == """
        data set 'mnist': label 10 of train sample 1 is outside 0...9; set data.classes to the number of classes, or mend \
        the label file
        """)
    #expect(try MNISTSource(directory: directory.path, classes: 12).load(.train, context: DatasetContext()).count == 3)
  }

  @Test(
    "reads the real thing", .enabled(if: Samples.mnistDirectory != nil, "MNIST is neither in LOCKSTEP_DATA nor in Data")
  )
  func real() throws {
    let directory = try #require(Samples.mnistDirectory)
    guard case .dataset(let parts) = try DataDescription(path: directory) else {
      Issue.record("a directory is a data set")
      return
    }
    try #require(parts.map(\.split) == [.train, .test])
    let (train, test) = (parts[0], parts[1])
    #expect(train.count == 60_000 && test.count == 10_000)
    #expect(train.shape == [28, 28, 1] && test.shape == [28, 28, 1])
    // Published: labels per class, and the mean and deviation 0.1307 and 0.3081 of x / 255.
    #expect(train.histogram == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(test.histogram == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    #expect(abs(train.statistics.mean[0] - 33.318) < 0.001)
    #expect(abs(train.statistics.deviation[0] - 78.567) < 0.001)
  }
}
