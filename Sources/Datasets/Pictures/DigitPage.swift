import Pictures

/// A picture as paper with ink on it.
///
/// The paper is what the border shows. Ink is what differs from it most, darker or lighter.
struct DigitPage {
  /// Grey, without alpha.
  let picture: Picture
  /// Brightness of the paper: the median of the border.
  let paper: UInt8
  /// Whether the ink is darker than the paper.
  let hasDarkInk: Bool
  /// Difference between the paper and the strongest ink.
  private let contrast: Int
  /// How far the border differs from the paper, 0 to 255 of `contrast`: shadows and grain, which are no ink.
  private let unevenness: Int

  /// Fainter ink is taken for the grain of the paper.
  private static let leastContrast = 20
  /// Most unevenness: where a digit touches the border, its ink is no unevenness.
  private static let mostUneven = 128

  /// Whether there is nothing on the paper.
  var isBlank: Bool { contrast < Self.leastContrast }

  init(_ picture: Picture) {
    self.picture = Self.opaque(picture.withoutColor)
    let border = Self.border(of: self.picture)
    var counts = [Int](repeating: 0, count: 256)
    for index in border { counts[Int(self.picture.bytes[index])] += 1 }
    let paper = Self.quantile(counts, of: border.count, 0.5)
    let (darkest, lightest) = self.picture.bytes.reduce((UInt8.max, UInt8.min)) { (min($0.0, $1), max($0.1, $1)) }
    hasDarkInk = paper - Int(darkest) > Int(lightest) - paper
    contrast = hasDarkInk ? paper - Int(darkest) : Int(lightest) - paper
    self.paper = UInt8(paper)
    var strengths = [Int](repeating: 0, count: 256)
    for (value, count) in counts.enumerated() {
      strengths[Self.strength(value, paper, contrast, isDark: hasDarkInk)] += count
    }
    unevenness = min(Self.quantile(strengths, of: border.count, 0.8), Self.mostUneven)
  }

  /// The ink alone: 0 where there is paper, 255 where there is most ink; nil where there is none.
  var ink: Picture? {
    guard !isBlank else { return nil }
    let strengths = (0..<256).map { value in
      let strength = Self.strength(value, Int(paper), contrast, isDark: hasDarkInk)
      return UInt8(max(0, strength - unevenness) * 255 / (255 - unevenness))
    }
    return Picture(
      width: picture.width, height: picture.height, channels: .grey, bytes: picture.bytes.map { strengths[Int($0)] })
  }

  /// Ink of one brightness, 0 to 255.
  private static func strength(_ value: Int, _ paper: Int, _ contrast: Int, isDark: Bool) -> Int {
    guard contrast > 0 else { return 0 }
    return min(255, max(0, isDark ? paper - value : value - paper) * 255 / contrast)
  }

  /// Transparent pixels are paper. Where the border is transparent, that is all there is of it, and it is black under light ink and white
  /// under dark ink; else it is as bright as the border.
  private static func opaque(_ picture: Picture) -> Picture {
    guard picture.channels.hasAlpha else { return picture }
    let border = border(of: picture)
    var counts = [Int](repeating: 0, count: 256)
    for index in border where picture.bytes[2 * index + 1] >= 128 { counts[Int(picture.bytes[2 * index])] += 1 }
    let opaque = counts.reduce(0, +)
    if 2 * opaque >= border.count { return picture.laid(over: UInt8(quantile(counts, of: opaque, 0.5))) }
    var (light, alpha) = (0, 0)
    for index in stride(from: 0, to: picture.bytes.count, by: 2) {
      light += Int(picture.bytes[index]) * Int(picture.bytes[index + 1])
      alpha += Int(picture.bytes[index + 1])
    }
    return picture.laid(over: light < 128 * alpha ? 255 : 0)
  }

  /// Pixels of a frame around the picture, a thirty-second of its shorter side wide, but 1 to 8 pixels.
  private static func border(of picture: Picture) -> [Int] {
    let width = min(8, max(1, min(picture.width, picture.height) / 32))
    return (0..<picture.height).flatMap { row -> [Int] in
      let start = row * picture.width
      let isInside = row >= width && row < picture.height - width && picture.width > 2 * width
      guard isInside else { return Array(start..<start + picture.width) }
      return Array(start..<start + width) + Array(start + picture.width - width..<start + picture.width)
    }
  }

  /// The smallest value that at least this share of those counted does not exceed.
  private static func quantile(_ counts: [Int], of total: Int, _ share: Double) -> Int {
    var left = Int((Double(total) * share).rounded(.up))
    for (value, count) in counts.enumerated() {
      left -= count
      if left <= 0 { return value }
    }
    return 255
  }
}
