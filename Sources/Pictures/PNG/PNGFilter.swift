/// Row filters: a byte is stored as its difference from a prediction out of its neighbours (section 9 of the standard).
enum PNGFilter: UInt8, CaseIterable {
  case none = 0
  case sub
  case up
  case average
  case paeth

  /// What a byte is expected to be.
  ///
  /// - Parameters:
  ///   - left: the byte of the pixel before, 0 for the first.
  ///   - up: the byte above, 0 in the first row.
  ///   - corner: the byte above `left`.
  @inline(__always)
  private func prediction(left: UInt8, up: UInt8, corner: UInt8) -> UInt8 {
    switch self {
    case .none: return 0
    case .sub: return left
    case .up: return up
    case .average: return UInt8((UInt16(left) + UInt16(up)) / 2)
    case .paeth:
      let estimate = Int(left) + Int(up) - Int(corner)
      let (toLeft, toUp, toCorner) = (abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(corner)))
      if toLeft <= toUp && toLeft <= toCorner { return left }
      return toUp <= toCorner ? up : corner
    }
  }

  /// Turns a stored row into the real one.
  ///
  /// - Parameters:
  ///   - above: the row above, as long.
  ///   - step: bytes from a pixel to the next, at least 1.
  func undo(_ row: inout [UInt8], above: [UInt8], step: Int) {
    guard self != .none else { return }
    for index in row.indices {
      let isFirst = index < step
      row[index] &+= prediction(
        left: isFirst ? 0 : row[index - step], up: above[index], corner: isFirst ? 0 : above[index - step])
    }
  }

  /// A picture's rows as they are stored, each behind the number of its filter: the one that leaves the smallest differences.
  static func filtered(_ picture: Picture) -> [UInt8] {
    let (step, length) = (picture.channels.rawValue, picture.width * picture.channels.rawValue)
    var rows: [UInt8] = []
    rows.reserveCapacity((length + 1) * picture.height)
    var above = [UInt8](repeating: 0, count: length)
    for row in 0..<picture.height {
      let bytes = Array(picture.bytes[row * length..<(row + 1) * length])
      let candidates = allCases.map { ($0, $0.differences(bytes, above: above, step: step)) }
      let sizes = candidates.map { $0.1.reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) } }
      let best = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
      rows.append(candidates[best].0.rawValue)
      rows += candidates[best].1
      above = bytes
    }
    return rows
  }

  private func differences(_ row: [UInt8], above: [UInt8], step: Int) -> [UInt8] {
    row.indices.map { index in
      let isFirst = index < step
      return row[index]
        &- prediction(
          left: isFirst ? 0 : row[index - step], up: above[index], corner: isFirst ? 0 : above[index - step])
    }
  }
}
