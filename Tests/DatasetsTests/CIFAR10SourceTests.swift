import Datasets
import Tensors
import Testing

@Suite("The cifar10 source") struct CIFAR10SourceTests {
  /// A record in which every byte tells its place: `seed` plus 7 for each row and column, and 50 for each channel.
  private static func record(label: UInt8, seed: Int) -> [UInt8] {
    [label]
      + (0..<3).flatMap { channel in
        (0..<1024).map { pixel in UInt8(truncatingIfNeeded: seed + 50 * channel + 7 * (pixel / 32 + pixel % 32)) }
      }
  }

  private static func records(_ labels: [UInt8], seed: Int = 0) -> [UInt8] {
    labels.enumerated().flatMap { record(label: $1, seed: seed + $0) }
  }

  /// A directory with all six files: two records in each of the five, one in the last.
  private static func directory() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for batch in 1...5 {
      try directory.write("data_batch_\(batch).bin", records([UInt8(batch), UInt8(batch + 1)], seed: 10 * batch))
    }
    try directory.write("test_batch.bin", records([9], seed: 200))
    return directory
  }

  private static func message(_ directory: TemporaryDirectory, _ split: DatasetSplit = .train) -> String? {
    #expect(throws: DatasetError.self) {
      try CIFAR10Source(directory: directory.path).load(split, context: DatasetContext())
    }?.description
  }

  @Test("reads the files in order, planes becoming channels") func reads() throws {
    let directory = try Self.directory()
    let source = CIFAR10Source(directory: directory.path)
    let train = try source.load(.train, context: DatasetContext())
    #expect(train.shape == [32, 32, 3] && train.count == 10 && train.classes == 10 && train.name == "cifar10")
    #expect(train.labels.array() == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6])
    for (sample, seed) in [(0, 10), (1, 11), (2, 20), (9, 51)] {
      let expected = (0..<1024).flatMap { pixel in
        (0..<3).map { UInt8(truncatingIfNeeded: seed + 50 * $0 + 7 * (pixel / 32 + pixel % 32)) }
      }
      #expect(train.image(sample).array() == expected, "sample \(sample)")
    }
    let test = try source.load(.test, context: DatasetContext())
    #expect(test.count == 1 && test.labels.array() == [9] && test.split == .test)
  }

  /// More records than are read at once.
  @Test("reads a file of any number of records") func many() throws {
    let directory = try TemporaryDirectory()
    let labels = (0..<600).map { UInt8($0 % 10) }
    try directory.write("test_batch.bin", Self.records(labels))
    let test = try CIFAR10Source(directory: directory.path).load(.test, context: DatasetContext())
    #expect(test.labels.array() == labels.map(Int32.init))
    #expect((0..<600).allSatisfy { test.image($0)[0] == UInt8(truncatingIfNeeded: $0) })
  }

  @Test("names the first missing file and what to do") func missing() throws {
    let context = DatasetContext(dataDirectory: "/nowhere/data", workingDirectory: "/elsewhere")
    let error = #expect(throws: DatasetError.self) { try CIFAR10Source().load(.test, context: context) }
    let remedy =
      "unpack cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html there, or set "
      + "data.directory or LOCKSTEP_DATA"
    #expect(
      error?.description == """
        data set 'cifar10' is missing: no test_batch.bin in /nowhere/data/cifar10 (there is no such folder) or \
        /elsewhere/Data/cifar10 (there is no such folder); \(remedy)
        """)
    let directory = try Self.directory()
    try directory.remove("data_batch_4.bin")
    #expect(
      Self.message(directory)
        == "data set 'cifar10' is missing: no data_batch_4.bin in \(directory.path); \(remedy)")
  }

  @Test("looks into LOCKSTEP_DATA first, and never mixes two directories") func precedence() throws {
    let both = try TemporaryDirectory()
    try both.write("data/cifar10/test_batch.bin", Self.records([1]))
    try both.write("own/test_batch.bin", Self.records([2, 3]))
    try both.write("data/cifar10/data_batch_1.bin", Self.records([1]))
    for batch in 1...5 { try both.write("own/data_batch_\(batch).bin", Self.records([4])) }
    let source = CIFAR10Source(directory: both("own"))
    let context = DatasetContext(dataDirectory: both("data"))
    #expect(try source.load(.test, context: context).count == 1)
    #expect(try source.load(.test, context: DatasetContext()).count == 2)
    let error = #expect(throws: DatasetError.self) { try source.load(.train, context: context) }
    #expect(
      error?.description.hasPrefix("data set 'cifar10' is missing: no data_batch_2.bin in \(both("data/cifar10"));")
        == true)
  }

  @Test("refuses a file that is no sequence of records") func lengths() throws {
    for (bytes, expected) in [(0, nil), (1, 1), (3072, 3072), (3074, 3074), (6147, 6147)] as [(Int, Int?)] {
      let directory = try Self.directory()
      let path = try directory.write("data_batch_3.bin", [UInt8](repeating: 0, count: bytes))
      let fault = expected.map {
        "holds \($0) byte\($0 == 1 ? "" : "s"), no multiple of the 3073 of a record (a label and 3 × 32 × 32 pixels); "
          + "it is damaged, or not of CIFAR-10's binary version"
      }
      #expect(Self.message(directory) == "\(path): \(fault ?? "is empty")")
    }
  }

  @Test("refuses a label above 9, and says where it is") func labels() throws {
    let directory = try Self.directory()
    let path = try directory.write("data_batch_5.bin", Self.records([0, 9, 10]))
    #expect(
      Self.message(directory)
        == "\(path): has the label 10 in record 2, but CIFAR-10's are 0 to 9; it is damaged, or not of the binary version"
    )
  }

  @Test("refuses what is no file") func notAFile() throws {
    let directory = try Self.directory()
    try directory.remove("test_batch.bin")
    try directory.write("test_batch.bin/inside", [])
    #expect(Self.message(directory, .test) == "\(directory("test_batch.bin")): is not a regular file")
  }

  @Test("is described like any other data set") func described() throws {
    let directory = try Self.directory()
    guard case .dataset(let parts) = try DataDescription(path: directory.path) else {
      Issue.record("a directory is a data set")
      return
    }
    #expect(parts.map(\.split) == [.train, .test] && parts.map(\.count) == [10, 1])
    #expect(parts[0].histogram == [0, 1, 2, 2, 2, 2, 1])
    #expect(parts[1].shape == [32, 32, 3] && parts[1].statistics.mean.count == 3)
  }
}
