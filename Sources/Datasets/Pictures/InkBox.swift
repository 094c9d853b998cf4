import Pictures

/// The smallest rectangle with all of the ink on a page.
struct InkBox {
  /// What is fainter does not widen the box: edges of strokes, grain.
  static let threshold: UInt8 = 48

  private let columns: Range<Int>
  private let rows: Range<Int>

  /// Nil where there is none.
  ///
  /// - Parameter ink: grey, 0 where there is paper.
  init?(of ink: Picture) {
    var (left, right, top, bottom) = (ink.width, -1, -1, -1)
    for row in 0..<ink.height {
      let line = ink.bytes[row * ink.width..<(row + 1) * ink.width]
      guard let first = line.firstIndex(where: { $0 >= Self.threshold }),
        let last = line.lastIndex(where: { $0 >= Self.threshold })
      else { continue }
      left = min(left, first - line.startIndex)
      right = max(right, last - line.startIndex)
      if top < 0 { top = row }
      bottom = row
    }
    guard top >= 0 else { return nil }
    columns = left..<right + 1
    rows = top..<bottom + 1
  }

  /// The part of a picture in the box.
  func cut(_ picture: Picture) -> Picture { picture.cropped(columns: columns, rows: rows) }
}
