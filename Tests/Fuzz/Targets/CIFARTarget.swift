import Datasets

/// The six files of CIFAR-10. A record is long and its pixels mean nothing to a reader, so each byte of the input stands
/// for a whole record of that label, each 0xFF ends a file, and a first byte says by how much the last one is cut.
enum CIFARTarget {
  private static let recordLength = 1 + 3 * 32 * 32

  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let cut = Int(input.byte())
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    let names = DatasetSplit.allCases.flatMap { CIFAR10Source.fileNames($0) }
    let files = input.take(64).split(separator: 0xFF, maxSplits: names.count - 1, omittingEmptySubsequences: false)
    for (index, (name, labels)) in zip(names, files).enumerated() {
      var file = labels.flatMap { [UInt8](repeating: $0, count: recordLength) }
      if index == files.count - 1 { file.removeLast(min(cut, file.count)) }
      try directory.write(file, to: name)
    }
    for split in DatasetSplit.allCases {
      try Expected.resultOrMessage {
        let dataset = try CIFAR10Source(directory: directory.path).load(split, context: DatasetContext())
        guard dataset.images.count == dataset.count * dataset.shape.count else {
          throw FuzzFailure("\(dataset.images.count) bytes for \(dataset.count) images of \(dataset.shape)")
        }
      }
    }
    try Expected.resultOrMessage { _ = try DataDescription(path: directory.path) }
  }
}
