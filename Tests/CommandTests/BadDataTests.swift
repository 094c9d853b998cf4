import Foundation
import Testing

/// IDX files that are refused, with exit code 65, and those that are missing, with 66.
@Suite("Bad data files are refused in words")
struct BadDataTests {
  private static let arguments = [
    "train", "c.json", "--set", #"data={"dataset":"mnist","directory":"digits"}"#, "--run", "run",
  ]
  private static let images = "digits/train-images-idx3-ubyte"
  private static let labels = "digits/train-labels-idx1-ubyte"

  /// A call that trains on a data set of 6 training samples of 28 × 28, of which something was changed.
  private static func data(
    _ name: String, compressed: Bool = false, status: Int32 = 65, _ error: String,
    change: @escaping @Sendable (Command) throws -> Void
  ) -> BadInput {
    BadInput(name, arguments, error: "lockstep: " + error, status: status) { command in
      try command.write(SmallConfigs.linear, to: "c.json")
      let made = try command.run(
        ["data", "digits", "digits", "--train", "6", "--test", "3"] + (compressed ? [] : ["--plain"]))
      try #require(made.status == 0, "\(made.error)")
      try change(command)
    }
  }

  /// A call that trains on CIFAR-10.
  private static let cifar10Arguments = [
    "train", "c.json", "--set", #"data={"dataset":"cifar10","directory":"cifar"}"#, "--run", "run",
  ]

  /// A call that trains where the image file is another one.
  private static func images(_ name: String, _ error: String, change: @escaping @Sendable (inout [UInt8]) -> Void)
    -> BadInput
  {
    data(name, "\(images): \(error)") { try $0.edit(images, change) }
  }

  /// The same with a compressed image file.
  private static func gzip(
    _ name: String, _ error: String, change: @escaping @Sendable (inout [UInt8]) throws -> Void
  ) -> BadInput {
    data(name, compressed: true, "\(images).gz: \(error)") { try $0.edit("\(images).gz", change) }
  }

  static let plain: [BadInput] = [
    images("empty", "is empty") { $0 = [] },
    images("a web page", "begins with 3c 68 74 6d, but an IDX file begins with 00 00 08") { $0 = Array("<html>".utf8) },
    images("32-bit floats", "holds elements of type 0x0d (32-bit floats); only type 0x08, unsigned bytes, is read") {
      $0[2] = 0x0D
    },
    images("labels for images", "has 1 dimension; images have 3 or 4") { $0[3] = 1 },
    images("no rows", "has no elements: its dimensions are 6 × 0 × 28") { $0[11] = 0 },
    images(
      "a product that overflows",
      "claims 4294967295 × 4294967295 × 4294967295 elements, more than can be indexed"
    ) { bytes in
      for index in 4..<16 { bytes[index] = 0xFF }
    },
    images("a claim beyond the file", "holds 4704 bytes of data, but its header says 1315333734400") {
      bytes in
      for index in 4..<8 { bytes[index] = index == 4 ? 0x64 : 0 }
    },
    images("cut in the header", "ends after 15 bytes, inside the IDX header") { $0 = Array($0.prefix(15)) },
    images("cut in the data", "holds 4703 bytes of data, but its header says 4704") { $0.removeLast() },
    images("bytes behind the data", "holds 2 bytes more than the 4704 its header says") { $0 += [1, 2] },
    data(
      "more labels than images",
      "\(images) holds 6 images, but \(labels) holds 7 labels; the two files do not belong together"
    ) {
      try $0.edit(labels) { bytes in
        bytes[7] = 7
        bytes.append(0)
      }
    },
    data(
      "a label out of range",
      "data set 'mnist': label 10 of train sample 2 is outside 0...9; "
        + "set data.classes to the number of classes, or mend the label file"
    ) { try $0.edit(labels) { $0[10] = 10 } },
    data(
      "test images of another shape",
      "data set 'mnist': training images are 28 × 28 × 1, but test images are 14 × 56 × 1"
    ) {
      try $0.edit("digits/t10k-images-idx3-ubyte") { bytes in
        bytes[11] = 14
        bytes[15] = 56
      }
    },
    data("a directory", "\(images): is not a regular file") {
      try FileManager.default.removeItem(at: $0.directory.appendingPathComponent(images))
      try FileManager.default.createDirectory(
        at: $0.directory.appendingPathComponent(images), withIntermediateDirectories: true)
    },
  ]

  static let compressed: [BadInput] = [
    gzip("gzip cut short", "ends after 300 bytes, inside its gzip data; it was not copied or downloaded whole") {
      $0 = Array($0.prefix(300))
    },
    gzip("gzip without data", "ends after 2 bytes, inside its gzip data; it was not copied or downloaded whole") {
      $0 = [0x1F, 0x8B]
    },
    gzip("gzip of an unknown kind", "has damaged gzip data before byte 4: unknown compression method") { $0[2] = 7 },
    gzip("gzip with padding behind it", "has 3 bytes behind its gzip data that are not gzip") { $0 += [0, 0, 0] },
    gzip("two files in one gzip", "inflates to more than the 4704 bytes of data its header says") { $0 += $0 },
    gzip("a gzip bomb", "inflates to more than the 4704 bytes of data its header says") {
      // The file itself, and 256 MiB of zeros.
      $0 += try Gzip.compress(zeros: 256 << 20)
    },
    gzip("a claim that gzip cannot keep", "claims 784000000 bytes of data, more than 33 bytes of gzip can hold") {
      let header: [UInt8] = [0, 0, 8, 3, 0, 0x0F, 0x42, 0x40, 0, 0, 0, 28, 0, 0, 0, 28]
      $0 = try Gzip.compress(header)
    },
  ]

  static let cifar10: [BadInput] = [
    BadInput(
      "a cut file of CIFAR-10", cifar10Arguments,
      error:
        "lockstep: cifar/data_batch_1.bin: holds 5 bytes, no multiple of the 3073 of a record (a label and 3 × 32 × 32 pixels); "
        + "it is damaged, or not of CIFAR-10's binary version", status: 65
    ) { command in
      try command.write(SmallConfigs.linear, to: "c.json")
      try FileManager.default.createDirectory(
        at: command.directory.appendingPathComponent("cifar"), withIntermediateDirectories: true)
      for batch in 1...5 { try command.write("bytes", to: "cifar/data_batch_\(batch).bin") }
    },
    BadInput(
      "no CIFAR-10", cifar10Arguments,
      error:
        "lockstep: data set 'cifar10' is missing: no data_batch_1.bin in cifar (there is no such folder); "
        + "unpack cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html there, or set "
        + "data.directory or LOCKSTEP_DATA", status: 66
    ) { try $0.write(SmallConfigs.linear, to: "c.json") },
  ]

  static let missing: [BadInput] = [
    BadInput(
      "no data set", arguments,
      error:
        "lockstep: data set 'mnist' is missing: no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in digits "
        + "(there is no such folder); run 'lockstep data fetch mnist', or name another folder "
        + "(data.directory, LOCKSTEP_DATA, --data)", status: 66
    ) { try $0.write(SmallConfigs.linear, to: "c.json") },
    data(
      "labels are missing", status: 66,
      "data set 'mnist' is missing: no train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz in digits; "
        + "run 'lockstep data fetch mnist', or name another folder (data.directory, LOCKSTEP_DATA, --data)"
    ) { try FileManager.default.removeItem(at: $0.directory.appendingPathComponent(labels)) },
    data(
      "test samples are missing", status: 66,
      "data set 'mnist' is missing: no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz in digits; "
        + "run 'lockstep data fetch mnist', or name another folder (data.directory, LOCKSTEP_DATA, --data)"
    ) { try FileManager.default.removeItem(at: $0.directory.appendingPathComponent("digits/t10k-images-idx3-ubyte")) },
    BadInput(
      "nothing to describe", ["data", "describe", "nowhere"],
      error: "lockstep: nowhere: cannot be read: No such file or directory", status: 66),
    BadInput(
      "a mirror that is not there",
      ["data", "fetch", "mnist", "--directory", "mnist", "--mirror", "file:///nowhere"],
      error: """
        train-images-idx3-ubyte.gz: from file:///nowhere/train-images-idx3-ubyte.gz
        train-images-idx3-ubyte.gz: file:///nowhere/train-images-idx3-ubyte.gz failed: \
        curl: (37) Couldn't open file /nowhere/train-images-idx3-ubyte.gz
        lockstep: could not fetch train-images-idx3-ubyte.gz from any mirror \
        (file:///nowhere/train-images-idx3-ubyte.gz: curl: (37) Couldn't open file /nowhere/train-images-idx3-ubyte.gz); \
        check the network and run the command again, which continues where it stopped, or put the file into mnist yourself
        """, status: 66),
  ]

  @Test(arguments: plain + compressed + cifar10 + missing)
  func isRefused(bad: BadInput) throws { try bad.check() }
}

/// The system's own `gzip`.
private enum Gzip {
  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    try run("gzip -c") { try $0.write(contentsOf: Data(bytes)) }
  }

  static func compress(zeros count: Int) throws -> [UInt8] { try run("head -c \(count) /dev/zero | gzip -1 -c") }

  private static func run(_ script: String, input: (FileHandle) throws -> Void = { _ in }) throws -> [UInt8] {
    let (process, source, sink) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.standardInput = source
    process.standardOutput = sink
    try process.run()
    try input(source.fileHandleForWriting)
    try source.fileHandleForWriting.close()
    let bytes = [UInt8](sink.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }
}
