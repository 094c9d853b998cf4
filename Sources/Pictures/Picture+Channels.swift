extension Picture {
  /// Without colours: grey by ITU-R BT.601, `0.299 R + 0.587 G + 0.114 B`, in the fixed-point numbers of Pillow's `convert("L")`.
  /// Alpha stays.
  public var withoutColor: Picture {
    guard channels.hasColor else { return self }
    let (step, hasAlpha) = (channels.rawValue, channels.hasAlpha)
    var grey: [UInt8] = []
    grey.reserveCapacity(pixelCount * (hasAlpha ? 2 : 1))
    for start in stride(from: 0, to: bytes.count, by: step) {
      let (red, green, blue) = (UInt32(bytes[start]), UInt32(bytes[start + 1]), UInt32(bytes[start + 2]))
      let weighted = 19_595 * red + 38_470 * green + 7_471 * blue
      grey.append(UInt8(truncatingIfNeeded: (weighted + 0x8000) >> 16))
      if hasAlpha { grey.append(bytes[start + 3]) }
    }
    return Picture(width: width, height: height, channels: hasAlpha ? .greyAlpha : .grey, bytes: grey)
  }

  /// With red, green and blue, equal ones where there was grey. Alpha stays.
  public var withColor: Picture {
    guard !channels.hasColor else { return self }
    let (step, hasAlpha) = (channels.rawValue, channels.hasAlpha)
    var color: [UInt8] = []
    color.reserveCapacity(pixelCount * (hasAlpha ? 4 : 3))
    for start in stride(from: 0, to: bytes.count, by: step) {
      for _ in 0..<3 { color.append(bytes[start]) }
      if hasAlpha { color.append(bytes[start + 1]) }
    }
    return Picture(width: width, height: height, channels: hasAlpha ? .colorAlpha : .color, bytes: color)
  }

  /// Laid over paper of one brightness: `sample · alpha + paper · (1 − alpha)`, rounded. Without an alpha channel the picture itself.
  public func laid(over paper: UInt8) -> Picture {
    guard channels.hasAlpha else { return self }
    let colors = channels.rawValue - 1
    var opaque: [UInt8] = []
    opaque.reserveCapacity(pixelCount * colors)
    for start in stride(from: 0, to: bytes.count, by: colors + 1) {
      let alpha = UInt32(bytes[start + colors])
      for channel in start..<start + colors {
        opaque.append(UInt8((UInt32(bytes[channel]) * alpha + UInt32(paper) * (255 - alpha) + 127) / 255))
      }
    }
    return Picture(width: width, height: height, channels: channels.hasColor ? .color : .grey, bytes: opaque)
  }

  /// The part with these columns and rows, which must lie in the picture.
  public func cropped(columns: Range<Int>, rows: Range<Int>) -> Picture {
    precondition(!columns.isEmpty && !rows.isEmpty, "no part")
    precondition(columns.lowerBound >= 0 && columns.upperBound <= width, "columns outside the picture")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "rows outside the picture")
    let step = channels.rawValue
    var part: [UInt8] = []
    part.reserveCapacity(columns.count * rows.count * step)
    for row in rows {
      part += bytes[(row * width + columns.lowerBound) * step..<(row * width + columns.upperBound) * step]
    }
    return Picture(width: columns.count, height: rows.count, channels: channels, bytes: part)
  }
}
