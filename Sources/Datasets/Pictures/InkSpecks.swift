import Pictures

/// Finds specks: pieces of ink with next to nothing in them, which would make the box around a digit too large.
enum InkSpecks {
  /// A piece with less than this share of the ink of the largest one is a speck. The bar of a torn 5 has a tenth.
  private static let share = 0.03

  /// The ink without specks, and the box around it cut out.
  ///
  /// - Parameter ink: grey, 0 where there is paper.
  static func removed(from ink: Picture) -> Picture? {
    let (pieces, masses) = pieces(of: ink)
    let least = Double(masses.max() ?? 0) * share
    guard masses.contains(where: { Double($0) < least }) else { return InkBox(of: ink)?.cut(ink) }
    let bytes = zip(ink.bytes, pieces).map { byte, piece in
      piece >= 0 && Double(masses[piece]) < least ? 0 : byte
    }
    let clean = Picture(width: ink.width, height: ink.height, channels: .grey, bytes: bytes)
    return InkBox(of: clean)?.cut(clean)
  }

  /// The piece of each pixel, -1 for paper, and the ink of each piece. Pixels that touch by a corner belong together.
  private static func pieces(of ink: Picture) -> (pieces: [Int], masses: [Int]) {
    var pieces = [Int](repeating: -1, count: ink.bytes.count)
    var masses: [Int] = []
    var open: [Int] = []
    for start in ink.bytes.indices where ink.bytes[start] >= InkBox.threshold && pieces[start] < 0 {
      let piece = masses.count
      masses.append(0)
      pieces[start] = piece
      open.append(start)
      while let index = open.popLast() {
        masses[piece] += Int(ink.bytes[index])
        let (row, column) = (index / ink.width, index % ink.width)
        for nextRow in max(0, row - 1)...min(ink.height - 1, row + 1) {
          for nextColumn in max(0, column - 1)...min(ink.width - 1, column + 1) {
            let next = nextRow * ink.width + nextColumn
            guard pieces[next] < 0, ink.bytes[next] >= InkBox.threshold else { continue }
            pieces[next] = piece
            open.append(next)
          }
        }
      }
    }
    return (pieces, masses)
  }
}
