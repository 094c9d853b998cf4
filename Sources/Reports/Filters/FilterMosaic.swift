import Pictures

/// The filters of the first layer side by side in one picture: grey is 0, white the largest weight of all, black minus that.
enum FilterMosaic {
  private static let columns = 8
  /// Pixels that the longer side of a filter has at least.
  private static let leastSide = 40

  static func picture(of kernel: FirstLayerKernel) -> Picture {
    let (height, width, shown) = (kernel.height, kernel.width, kernel.shownFilters)
    let largest = kernel.strongest(of: 0..<shown)
    let zoom = max(1, leastSide / max(height, width))
    var mosaic = Mosaic(
      count: shown, columns: columns, placeWidth: width * zoom, placeHeight: height * zoom, gap: 2,
      channels: kernel.shownChannels == 3 ? .color : .grey, paper: 255)
    for filter in 0..<shown {
      mosaic.draw(place: filter, width: width, height: height, zoom: zoom) { row, column, channel in
        byte(kernel.weight(filter: filter, row: row, column: column, channel: channel), largest: largest)
      }
    }
    return mosaic.picture
  }

  private static func byte(_ value: Float, largest: Float) -> UInt8 {
    guard largest > 0, value.isFinite else { return 128 }
    return UInt8(min(255, max(0, (127.5 + 127.5 * value / largest).rounded())))
  }
}
