/// Makes a picture's samples of a row's bytes.
struct PNGSamples {
  /// What a pixel becomes.
  let channels: Picture.Channels

  private let kind: PNGHeader.Kind
  private let depth: Int
  private let palette: [UInt8]
  /// Of each colour of the palette.
  private let alphas: [UInt8]
  /// The transparent colour, a number for each sample; empty where there is none.
  private let key: [Int]

  init(_ file: PNGFile) {
    kind = file.header.kind
    depth = file.header.depth
    palette = file.palette
    let (hasKey, largest) = (!file.transparency.isEmpty, 1 << file.header.depth - 1)
    switch kind {
    case .grey: channels = hasKey ? .greyAlpha : .grey
    case .color, .palette: channels = hasKey ? .colorAlpha : .color
    case .greyAlpha: channels = .greyAlpha
    case .colorAlpha: channels = .colorAlpha
    }
    let transparency = file.transparency
    alphas =
      transparency + [UInt8](repeating: 255, count: kind == .palette ? palette.count / 3 - transparency.count : 0)
    // Numbers of two bytes, whatever the depth.
    key =
      kind == .palette
      ? []
      : stride(from: 0, to: transparency.count, by: 2).map {
        (Int(transparency[$0]) << 8 | Int(transparency[$0 + 1])) & largest
      }
  }

  /// - Parameters:
  ///   - row: as many pixels as `line` has, packed.
  ///   - line: is written.
  func expand(_ row: [UInt8], to line: inout [UInt8]) throws(PictureFault) {
    if kind == .palette { return try expandColors(row, to: &line) }
    let stored = kind.samples
    guard !key.isEmpty else {
      for index in line.indices { line[index] = scaled(sample(index, of: row)) }
      return
    }
    let width = stored + 1
    for pixel in 0..<line.count / width {
      var isKey = true
      for channel in 0..<stored {
        let value = sample(pixel * stored + channel, of: row)
        isKey = isKey && value == key[channel]
        line[pixel * width + channel] = scaled(value)
      }
      line[pixel * width + stored] = isKey ? 0 : 255
    }
  }

  private func expandColors(_ row: [UInt8], to line: inout [UInt8]) throws(PictureFault) {
    let width = channels.rawValue
    for pixel in 0..<line.count / width {
      let color = sample(pixel, of: row)
      guard color < alphas.count else {
        throw .damaged(reason: "a pixel has colour \(color) of a palette of \(alphas.count)")
      }
      for channel in 0..<3 { line[pixel * width + channel] = palette[3 * color + channel] }
      if width == 4 { line[pixel * width + 3] = alphas[color] }
    }
  }

  /// A sample as it is stored.
  @inline(__always)
  private func sample(_ index: Int, of row: [UInt8]) -> Int {
    switch depth {
    case 8: return Int(row[index])
    case 16: return Int(row[2 * index]) << 8 | Int(row[2 * index + 1])
    default:
      let bit = index * depth
      return Int(row[bit / 8]) >> (8 - depth - bit % 8) & (1 << depth - 1)
    }
  }

  /// `255 · value / largest value`, rounded.
  @inline(__always)
  private func scaled(_ value: Int) -> UInt8 {
    switch depth {
    case 8: UInt8(value)
    case 16: UInt8((value * 255 + 32_767) / 65_535)
    default: UInt8(value * (255 / (1 << depth - 1)))
    }
  }
}
