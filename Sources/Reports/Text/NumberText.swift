/// Numbers as people read them, independent of the locale.
package enum NumberText {
  /// A number with a fixed count of decimals, correctly rounded (half to even on the exact binary value), as C's `%.*f`.
  ///
  /// - Parameter decimals: 0 to 9.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    precondition((0...9).contains(decimals), "decimals out of range")
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    guard value.magnitude < 0x1p63 else { return "\(value)" }

    // value = whole + fraction exactly; fraction = numerator / 2^shift with a numerator below 2^53.
    let sign = value.sign == .minus ? "-" : ""
    var whole = UInt64(value.magnitude)
    let fraction = value.magnitude - Double(whole)
    let scale = (0..<decimals).reduce(UInt64(1)) { scale, _ in scale * 10 }
    var scaled: UInt64 = 0
    if fraction > 0x1p-60 {
      let shift = 52 - Int(fraction.exponent)
      let numerator = UInt128(fraction.significandBitPattern | (1 << 52)) * UInt128(scale)
      let rest = numerator & ((1 << UInt128(shift)) - 1)
      let half = UInt128(1) << UInt128(shift - 1)
      scaled = UInt64(numerator >> UInt128(shift))
      let isOdd = decimals == 0 ? whole % 2 == 1 : scaled % 2 == 1
      if rest > half || (rest == half && isOdd) { scaled += 1 }
      if scaled == scale { (whole, scaled) = (whole + 1, 0) }
    }
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let digits = "\(scaled)"
    return "\(sign)\(whole).\(String(repeating: "0", count: decimals - digits.count))\(digits)"
  }

  /// A whole number with commas between groups of three digits: `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    let digits = "\(value.magnitude)"
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A share as per cent: `98.12 %`.
  package static func percent(_ share: Double) -> String { fixed(share * 100, decimals: 2) + " %" }

  /// A loss: four decimals, or three significant digits where these would say too little or too much.
  package static func loss(_ value: Double) -> String {
    let magnitude = value.magnitude
    return magnitude == 0 || (0.01..<10_000).contains(magnitude) ? fixed(value, decimals: 4) : significant(value)
  }

  /// Three significant digits without trailing zeros: `0.00098`, `0.1`, `1.25e-06`.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, decimals: 0) }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    if (-4...2).contains(exponent) { return trimmed(fixed(value, decimals: 2 - exponent)) }
    if (3...6).contains(exponent) { return fixed(value, decimals: 0) }
    let digits = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
    return (value < 0 ? "-" : "") + trimmed(fixed(mantissa, decimals: 2)) + (exponent < 0 ? "e-" : "e+") + digits
  }

  /// A rate: whole and grouped from 10 on, one decimal below: `18,200`, `7.5`.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 0x1p53 else { return "?" }
    return value < 10 ? fixed(value, decimals: 1) : grouped(Int(value.rounded()))
  }

  /// Time taken: `3.3 s`, `1:02`, `2:03:04`.
  package static func duration(_ seconds: Double) -> String {
    seconds < 59.95 ? fixed(seconds, decimals: 1) + " s" : clock(seconds)
  }

  /// Time as on a clock: `0:32`, `12:05`, `2:03:04`, `3 d 02:03:04`.
  package static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
    let total = Int(seconds.rounded())
    let (days, hours, minutes) = (total / 86_400, total / 3_600 % 24, total / 60 % 60)
    let tail = "\(padded(minutes)):\(padded(total % 60))"
    if days > 0 { return "\(days) d \(padded(hours)):\(tail)" }
    return hours > 0 ? "\(hours):\(tail)" : "\(minutes):\(padded(total % 60))"
  }

  /// A size: `812 B`, `1.4 MB` (powers of 1000).
  package static func bytes(_ count: Int) -> String {
    var (size, unit) = (Double(count), "B")
    for larger in ["kB", "MB", "GB", "TB"] where size >= 999.95 { (size, unit) = (size / 1_000, larger) }
    return (unit == "B" ? "\(count)" : fixed(size, decimals: 1)) + " " + unit
  }

  /// The base-2 logarithm of a positive number, to the precision of a drawing: linear between powers of two.
  static func logarithm(_ value: Double) -> Double {
    value.isFinite && value > 0 ? Double(value.exponent) + value.significand - 1 : .nan
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = text[...]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }
}
