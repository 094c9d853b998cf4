extension Picture {
  /// The picture in another size, each axis by itself.
  ///
  /// An axis that shrinks takes the mean of all that a new pixel covers, parts of pixels counted as parts, so that nothing is passed
  /// over (area averaging); one that grows is interpolated linearly between the centres of the old pixels.
  ///
  /// - Precondition: no alpha channel: transparent pixels have no colour that could be averaged. Sides in `1...longestSide`.
  public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(!channels.hasAlpha, "lay the picture over paper first")
    guard newWidth != width || newHeight != height else { return self }
    let (columns, rows) = (Resampling(from: width, to: newWidth), Resampling(from: height, to: newHeight))
    let step = channels.rawValue
    var resized: [UInt8] = []
    resized.reserveCapacity(newWidth * newHeight * step)
    var sums = [Float](repeating: 0, count: newWidth * step)
    for row in rows.taps {
      for index in sums.indices { sums[index] = 0 }
      for (offset, weight) in row.weights.enumerated() {
        add(row: row.first + offset, weight: weight, columns: columns, to: &sums)
      }
      for sum in sums { resized.append(UInt8(min(255, max(0, sum + 0.5)))) }
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, bytes: resized)
  }

  /// Adds one row, resized, to the sums of a new row.
  private func add(row: Int, weight: Float, columns: Resampling, to sums: inout [Float]) {
    let step = channels.rawValue
    for (column, tap) in columns.taps.enumerated() {
      let start = (row * width + tap.first) * step
      for channel in 0..<step {
        var sum: Float = 0
        var place = start + channel
        for factor in tap.weights {
          sum += factor * Float(bytes[place])
          place += step
        }
        sums[column * step + channel] += weight * sum
      }
    }
  }
}

/// Which old pixels of an axis make each new one, with which weights; these add up to 1.
private struct Resampling {
  struct Tap {
    let first: Int
    let weights: [Float]
  }

  let taps: [Tap]

  init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    taps = (0..<new).map { place in
      scale > 1 ? Self.area(place, scale, old) : Self.between(place, scale, old)
    }
  }

  /// The mean over `place * scale ..< (place + 1) * scale`.
  private static func area(_ place: Int, _ scale: Double, _ old: Int) -> Tap {
    let (start, end) = (Double(place) * scale, min(Double(place + 1) * scale, Double(old)))
    let first = min(Int(start), old - 1)
    let last = min(max(first, Int(end.rounded(.up)) - 1), old - 1)
    let weights = (first...last).map { index in
      Float(max(0, min(end, Double(index + 1)) - max(start, Double(index))) / (end - start))
    }
    return Tap(first: first, weights: weights)
  }

  /// Between the two old pixels whose centres enclose that of the new one; beyond the outermost centres the outermost pixel alone.
  private static func between(_ place: Int, _ scale: Double, _ old: Int) -> Tap {
    let centre = min(max((Double(place) + 0.5) * scale - 0.5, 0), Double(old - 1))
    let first = Int(centre)
    let share = Float(centre - Double(first))
    return share == 0 ? Tap(first: first, weights: [1]) : Tap(first: first, weights: [1 - share, share])
  }
}
