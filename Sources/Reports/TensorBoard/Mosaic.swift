import Pictures

/// One picture that is put together from small ones in rows.
struct Mosaic {
  /// Places in a row.
  private let columns: Int
  /// Size of a place, without the gap around it.
  private let (placeWidth, placeHeight): (Int, Int)
  private let gap: Int
  private let channels: Picture.Channels
  private let (width, height): (Int, Int)
  private var bytes: [UInt8]

  /// - Parameters:
  ///   - count: of places, at least 1.
  ///   - gap: pixels around each.
  ///   - paper: brightness of what is not drawn on.
  init(
    count: Int, columns: Int, placeWidth: Int, placeHeight: Int, gap: Int, channels: Picture.Channels, paper: UInt8
  ) {
    self.columns = min(columns, count)
    (self.placeWidth, self.placeHeight, self.gap, self.channels) = (placeWidth, placeHeight, gap, channels)
    let rows = (count + self.columns - 1) / self.columns
    width = self.columns * (placeWidth + gap) + gap
    height = rows * (placeHeight + gap) + gap
    bytes = [UInt8](repeating: paper, count: width * height * channels.rawValue)
  }

  /// What was drawn.
  var picture: Picture { Picture(width: width, height: height, channels: channels, bytes: bytes) }

  /// Draws a small picture into a place, from its upper left corner, each of its pixels as a square.
  ///
  /// - Parameter sample: the value of a row, a column and a channel.
  mutating func draw(
    place: Int, width: Int, height: Int, zoom: Int, _ sample: (_ row: Int, _ column: Int, _ channel: Int) -> UInt8
  ) {
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<channels.rawValue {
          fill(place, row * zoom, column * zoom, zoom, channel, sample(row, column, channel))
        }
      }
    }
  }

  /// Writes a text into a place: digits and `>`; each dot of a letter is a square.
  mutating func write(_ text: String, place: Int, top: Int, zoom: Int, ink: UInt8) {
    for (position, letter) in text.utf8.enumerated() {
      let left = position * (Letters.width + 1) * zoom
      guard left + Letters.width * zoom <= placeWidth else { return }
      for row in 0..<Letters.height {
        for column in 0..<Letters.width where Letters.isInk(letter, row: row, column: column) {
          for channel in 0..<channels.rawValue {
            fill(place, top + row * zoom, left + column * zoom, zoom, channel, ink)
          }
        }
      }
    }
  }

  /// Room that letters take.
  static func textHeight(zoom: Int) -> Int { Letters.height * zoom }

  private mutating func fill(_ place: Int, _ top: Int, _ left: Int, _ size: Int, _ channel: Int, _ value: UInt8) {
    let startRow = place / columns * (placeHeight + gap) + gap + top
    let startColumn = place % columns * (placeWidth + gap) + gap + left
    for row in startRow..<startRow + size {
      for column in startColumn..<startColumn + size {
        bytes[(row * width + column) * channels.rawValue + channel] = value
      }
    }
  }
}

/// Digits and an arrow of 3 × 5 dots: enough to say which class was taken for which.
private enum Letters {
  static let (width, height) = (3, 5)

  /// Rows from the top, three bits each.
  private static let rows: [[UInt8]] = [
    [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 1, 2, 2], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
  ]
  private static let arrow: [UInt8] = [4, 2, 1, 2, 4]

  static func isInk(_ letter: UInt8, row: Int, column: Int) -> Bool {
    let digit = Int(letter) - 48
    let dots = rows.indices.contains(digit) ? rows[digit] : letter == UInt8(ascii: ">") ? arrow : [0, 0, 0, 0, 0]
    return dots[row] >> UInt8(2 - column) & 1 == 1
  }
}
