import ArgumentParser
import Datasets
import Foundation
import Reports
import Settings
import Tensors
import Training

/// `lockstep data …`
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Fetch, draw and describe data sets.",
    discussion: """
      Examples:
        lockstep data fetch mnist
        lockstep data describe Data/mnist
      """,
    subcommands: [FetchCommand.self, DigitsCommand.self, DescribeCommand.self])

  func run() throws { throw Outcome.needsSubcommand(DataCommand.self) }
}

/// `lockstep data fetch mnist`
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Download a data set from its public mirrors.",
    discussion: """
      Every file is checked by its SHA-256. A download that was cut is continued by the next call.

      Example:
        lockstep data fetch mnist --directory Data/mnist
      """)

  /// The data sets that can be fetched.
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case mnist
  }

  @Argument(help: "Which data set.")
  var name: Name

  @Option(help: ArgumentHelp("Where the files go.", valueName: "dir"), completion: .directory)
  var directory = "Data/mnist"

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Address of a folder to fetch from, instead of the public mirrors. May be given often.", valueName: "url"))
  var mirror: [String] = []

  func run() throws {
    try Outcome.report {
      let download = MNISTDownload(
        directory: directory, mirrors: mirror.isEmpty ? MNISTDownload.publicMirrors : mirror,
        environment: ProcessInfo.processInfo.environment)
      try download.run { event in
        if let line = Self.line(event) { Console.error(line) }
      }
      try Console.answer("\(name.rawValue) is in \(directory)")
    }
  }

  private static func line(_ event: MNISTDownload.Event) -> String? {
    switch event {
    case .kept(let file): "\(file): already there"
    case .started(let file, let url, 0): "\(file): from \(url)"
    case .started(let file, let url, let bytes): "\(file): from \(url), continued after \(Counted.text(bytes, "byte"))"
    case .received: nil
    case .failed(let file, let url, let reason): "\(file): \(url) failed: \(reason)"
    case .finished(let file, let bytes): "\(file): \(Counted.text(bytes, "byte")), checked"
    }
  }
}

/// `lockstep data digits`
struct DigitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digits", abstract: "Draw the synthetic digits and write them as IDX files, under MNIST's names.",
    discussion: """
      Example:
        lockstep data digits Data/digits --train 60000 --test 10000
      """)

  @Argument(help: "Where the files go.", completion: .directory)
  var directory: String

  @Option(parsing: .unconditional, help: ArgumentHelp("Training samples.", valueName: "n"))
  var train = 20_000

  @Option(parsing: .unconditional, help: ArgumentHelp("Test samples.", valueName: "n"))
  var test = 4_000

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the drawings.", valueName: "n"))
  var seed = 1

  @Flag(help: "Replace data files that lie there already.")
  var force = false

  @Flag(help: "Write plain files instead of gzip ones.")
  var plain = false

  func validate() throws {
    for (name, value) in [("--train", train), ("--test", test)] where !(1...1_000_000).contains(value) {
      throw ValidationError("\(name) is \(value); expected 1 to 1000000")
    }
    if let file = MNISTSource.files(in: directory).first, !force {
      throw ValidationError("\(file) is there already; name another directory, or add --force to replace it")
    }
    if seed < 0 { throw ValidationError("--seed is \(seed); expected 0 or more") }
  }

  func run() throws {
    try Outcome.report {
      let source = DigitsSource(trainSamples: train, testSamples: test, seed: UInt64(seed))
      for split in DatasetSplit.allCases {
        let dataset = try source.load(split, context: .ofProcess)
        for path in try dataset.writeIDX(directory: directory, compressed: !plain) {
          // The same file in the other form would be another data set under the same names.
          unlink(plain ? path + ".gz" : String(path.dropLast(3)))
          try Console.answer("\(path): \(Counted.text(dataset.count, "sample"))")
        }
      }
    }
  }
}

/// `lockstep data describe PATH`
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Say what an IDX file, or a folder with the files of MNIST or CIFAR-10, holds.",
    discussion: """
      Examples:
        lockstep data describe Data/mnist
        lockstep data describe Data/mnist/train-images-idx3-ubyte.gz
      """)

  @Argument(help: "A file or a folder.", completion: .file())
  var path: String

  func run() throws {
    try Outcome.report {
      // What is named here is described, whatever LOCKSTEP_DATA says.
      let context = DatasetContext(largestBytes: DatasetContext.ofProcess.largestBytes)
      switch try DataDescription(path: path, context: context) {
      case .file(let file):
        try Console.answer("\(path): \(extents(file.dimensions)) bytes, \(moments(file.mean, file.deviation))")
      case .dataset(let parts):
        for part in parts { try describe(part) }
      }
    }
  }

  private func describe(_ part: DatasetDescription) throws {
    try Console.answer("\(part.split.rawValue): \(Counted.text(part.count, "sample")) of \(part.shape)")
    for channel in part.statistics.mean.indices {
      try Console.answer(
        "  channel \(channel): \(moments(part.statistics.mean[channel], part.statistics.deviation[channel]))")
    }
    var table = TextTable([.number("class"), .number("samples")])
    for (label, count) in part.histogram.enumerated() { table.append(["\(label)", "\(count)"]) }
    try Console.answer(table.text(width: Terminal.outputWidth).trimmingSuffix("\n"))
    try Console.answer("  SHA-256 \(SHA256.hexadecimal(part.fingerprint))")
  }

  private func extents(_ dimensions: [Int]) -> String { dimensions.map(String.init).joined(separator: " × ") }

  private func moments(_ mean: Double, _ deviation: Double) -> String {
    String(format: "mean %.3f, deviation %.3f", mean, deviation)
  }
}
