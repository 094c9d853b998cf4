/// Makes pixels of a PNG file's data, row by row.
struct PNGDecoder {
  /// Part of the pixels, with rows of its own: all of them, or those of one of the seven passes of an interlaced picture (Adam7).
  private struct Pass {
    let firstColumn: Int
    let firstRow: Int
    let columnStep: Int
    let rowStep: Int

    static let whole = [Pass(firstColumn: 0, firstRow: 0, columnStep: 1, rowStep: 1)]
    static let interlaced = [
      Pass(firstColumn: 0, firstRow: 0, columnStep: 8, rowStep: 8),
      Pass(firstColumn: 4, firstRow: 0, columnStep: 8, rowStep: 8),
      Pass(firstColumn: 0, firstRow: 4, columnStep: 4, rowStep: 8),
      Pass(firstColumn: 2, firstRow: 0, columnStep: 4, rowStep: 4),
      Pass(firstColumn: 0, firstRow: 2, columnStep: 2, rowStep: 4),
      Pass(firstColumn: 1, firstRow: 0, columnStep: 2, rowStep: 2),
      Pass(firstColumn: 0, firstRow: 1, columnStep: 1, rowStep: 2),
    ]
  }

  private let file: PNGFile
  private let channels: Picture.Channels
  private let samples: PNGSamples

  init(_ file: PNGFile) {
    self.file = file
    samples = PNGSamples(file)
    channels = samples.channels
  }

  /// - Parameter bytes: the whole file.
  func decode(_ bytes: [UInt8]) throws(PictureFault) -> Picture {
    let header = file.header
    let inflater = try Inflater(bytes, file.data)
    var pixels = [UInt8](repeating: 0, count: header.width * header.height * channels.rawValue)
    for pass in header.isInterlaced ? Pass.interlaced : Pass.whole {
      try read(pass, from: inflater, to: &pixels)
    }
    try inflater.finish()
    return Picture(width: header.width, height: header.height, channels: channels, bytes: pixels)
  }

  private func read(_ pass: Pass, from inflater: Inflater, to pixels: inout [UInt8]) throws(PictureFault) {
    let header = file.header
    let columns = Array(stride(from: pass.firstColumn, to: header.width, by: pass.columnStep))
    // A pass without pixels has no rows either, not even their filters.
    guard !columns.isEmpty else { return }
    let (step, width) = (max(1, header.pixelBits / 8), channels.rawValue)
    var above = [UInt8](repeating: 0, count: (columns.count * header.pixelBits + 7) / 8)
    var row = above
    var filter: [UInt8] = [0]
    var line = [UInt8](repeating: 0, count: columns.count * width)
    for place in stride(from: pass.firstRow, to: header.height, by: pass.rowStep) {
      try inflater.read(&filter)
      guard let kind = PNGFilter(rawValue: filter[0]) else {
        throw .damaged(reason: "row \(place) says filter \(filter[0]); there are 0 to 4")
      }
      try inflater.read(&row)
      kind.undo(&row, above: above, step: step)
      try samples.expand(row, to: &line)
      let start = place * header.width
      for (index, column) in columns.enumerated() {
        for channel in 0..<width { pixels[(start + column) * width + channel] = line[index * width + channel] }
      }
      swap(&row, &above)
    }
  }
}
