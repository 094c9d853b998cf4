import Tensors

/// A network's input, drawn with characters: two rows of pixels a line, by half blocks.
public enum SampleDrawing {
  /// Pixels that are at least so bright are drawn where there are no colours.
  private static let threshold: UInt8 = 96

  /// Lines, each ended by a line feed.
  ///
  /// - Parameters:
  ///   - bytes: `[height, width, channels]`.
  ///   - shape: of 1 or 3 channels.
  ///   - usesColor: draws every brightness, by 24-bit escape sequences; else light pixels are drawn and dark ones left out.
  public static func text(_ bytes: [UInt8], shape: Shape, usesColor: Bool) -> String {
    precondition(bytes.count == shape.count && shape.rank == 3, "bytes of another shape")
    var text = ""
    for row in stride(from: 0, to: shape[0], by: 2) {
      var line = ""
      for column in 0..<shape[1] {
        let upper = pixel(bytes, shape, row, column)
        let lower = row + 1 < shape[0] ? pixel(bytes, shape, row + 1, column) : [0, 0, 0]
        line += usesColor ? colored(upper, lower) : block(isLight(upper), isLight(lower))
      }
      text += usesColor ? line + "\u{1B}[0m\n" : line.droppingTrailingBlanks + "\n"
    }
    return text
  }

  private static func pixel(_ bytes: [UInt8], _ shape: Shape, _ row: Int, _ column: Int) -> [UInt8] {
    let start = (row * shape[1] + column) * shape[2]
    return shape[2] == 3 ? Array(bytes[start..<start + 3]) : [bytes[start], bytes[start], bytes[start]]
  }

  private static func isLight(_ pixel: [UInt8]) -> Bool {
    pixel.reduce(0) { $0 + Int($1) } >= 3 * Int(threshold)
  }

  private static func block(_ upper: Bool, _ lower: Bool) -> String {
    switch (upper, lower) {
    case (true, true): "█"
    case (true, false): "▀"
    case (false, true): "▄"
    case (false, false): " "
    }
  }

  private static func colored(_ upper: [UInt8], _ lower: [UInt8]) -> String {
    "\u{1B}[38;2;\(list(upper));48;2;\(list(lower))m▀"
  }

  private static func list(_ pixel: [UInt8]) -> String { pixel.map(String.init).joined(separator: ";") }
}
