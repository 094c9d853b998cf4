import Pictures
import Tensors

/// Makes the picture of a digit into a sample like MNIST's, as these were made (LeCun, Bottou, Bengio and Haffner 1998, section III.A):
/// cut out, fitted into 20 × 20 pixels with its proportions kept and grey levels at the edges, and put with its centre of mass into the
/// middle of 28 × 28, light ink on black.
///
/// A picture that is 28 × 28 already and has ink that is lighter than a black border stays as it is: it is such a sample.
public enum DigitCentering {
  /// Shape of a sample.
  public static let shape = SyntheticDigits.shape
  /// Longer side of the digit itself.
  static let digitSide = 20
  /// Paper up to this brightness is black.
  private static let blackest: UInt8 = 32
  /// Where MNIST's digits have their centres of mass, on average, with the centre of the first pixel at 0.
  private static let middle = 14.0
  /// Longer side at which specks are looked for: enough to tell strokes apart.
  private static let workingSide = 240

  /// One sample.
  public static func prepare(_ picture: Picture) -> PreparedPicture {
    let page = DigitPage(picture)
    if picture.width == shape[1], picture.height == shape[0], page.paper <= blackest, !page.hasDarkInk {
      return PreparedPicture(
        bytes: page.picture.bytes, treatment: .unchanged, isInverted: false, isBlank: page.isBlank)
    }
    guard let ink = page.ink, let digit = cutOut(ink) else {
      return PreparedPicture(
        bytes: [UInt8](repeating: 0, count: shape.count), treatment: .centred, isInverted: page.hasDarkInk,
        isBlank: true)
    }
    return PreparedPicture(
      bytes: centred(fitted(digit)), treatment: .centred, isInverted: page.hasDarkInk, isBlank: false)
  }

  /// The part of the page that has ink, without specks, and not larger than is needed to fit it.
  private static func cutOut(_ ink: Picture) -> Picture? {
    guard let box = InkBox(of: ink) else { return nil }
    let part = box.cut(ink)
    let longer = max(part.width, part.height)
    guard longer > workingSide else { return InkSpecks.removed(from: part) }
    let scale = Double(workingSide) / Double(longer)
    return InkSpecks.removed(
      from: part.resized(width: scaled(part.width, by: scale), height: scaled(part.height, by: scale)))
  }

  /// In 20 × 20 pixels, the strongest ink 255: a thin line, spread over pixels larger than it, would be faint.
  private static func fitted(_ digit: Picture) -> Picture {
    let scale = Double(digitSide) / Double(max(digit.width, digit.height))
    let small = digit.resized(width: scaled(digit.width, by: scale), height: scaled(digit.height, by: scale))
    let strongest = UInt32(max(1, small.bytes.max() ?? 0))
    return Picture(
      width: small.width, height: small.height, channels: .grey,
      bytes: small.bytes.map { UInt8((UInt32($0) * 255 + strongest / 2) / strongest) })
  }

  private static func scaled(_ side: Int, by scale: Double) -> Int { max(1, Int((Double(side) * scale).rounded())) }

  /// Moved by whole pixels, as MNIST's were, and never over the edge.
  private static func centred(_ digit: Picture) -> [UInt8] {
    var (mass, columns, rows) = (0, 0, 0)
    for (index, byte) in digit.bytes.enumerated() {
      mass += Int(byte)
      columns += Int(byte) * (index % digit.width)
      rows += Int(byte) * (index / digit.width)
    }
    let left = place(of: columns, mass, side: digit.width, room: shape[1])
    let top = place(of: rows, mass, side: digit.height, room: shape[0])
    var sample = [UInt8](repeating: 0, count: shape.count)
    for row in 0..<digit.height {
      for column in 0..<digit.width {
        sample[(top + row) * shape[1] + left + column] = digit.bytes[row * digit.width + column]
      }
    }
    return sample
  }

  private static func place(of moment: Int, _ mass: Int, side: Int, room: Int) -> Int {
    let wished = middle - Double(moment) / Double(max(1, mass))
    return min(max(0, Int(wished.rounded())), room - side)
  }
}
