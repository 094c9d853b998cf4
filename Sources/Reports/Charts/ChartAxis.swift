/// How the values along an axis lie, and how they are written.
package struct ChartAxis: Sendable {
  /// How values become lengths.
  package enum Scale: Sendable, CaseIterable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; values of 0 and below are not drawn.
    case logarithmic
  }

  /// How values are written.
  package enum Format: Sendable {
    /// As numbers.
    case number
    /// Shares, as per cent.
    case percent
  }

  /// What the values are, with the unit where there is one.
  package var title: String
  package var scale: Scale
  package var format: Format
  /// Whether the axis begins at 0 (linear only), as it must where lengths are compared.
  package var includesZero: Bool
  /// Whether only whole numbers have sense.
  package var isWhole: Bool

  /// Creates an axis.
  package init(
    _ title: String, scale: Scale = .linear, format: Format = .number, includesZero: Bool = false, isWhole: Bool = false
  ) {
    self.title = title
    self.scale = scale
    self.format = format
    self.includesZero = includesZero
    self.isWhole = isWhole
  }

  /// Whether a value has a place on the axis. The largest numbers are left out, and the smallest of a logarithmic axis, so that
  /// differences and ratios stay finite.
  package func holds(_ value: Double) -> Bool {
    value.magnitude < 1e200 && (scale == .linear || value > 1e-200)
  }
}

/// An axis that is settled: it knows which values it spans, and where its ticks are.
package struct ChartTicks: Sendable {
  /// The ticks' values.
  package let values: [Double]
  /// Their labels.
  package let labels: [String]
  private let lower: Double
  private let upper: Double
  private let scale: ChartAxis.Scale

  /// An axis for some values.
  ///
  /// - Parameters:
  ///   - values: those that the axis does not hold are passed over; without any, the axis goes from 0 to 1 (from 0.1 to 1).
  ///   - count: about as many ticks as are wanted.
  package init(_ axis: ChartAxis, values: [Double], count: Int = 5) {
    scale = axis.scale
    let held = values.filter(axis.holds)
    var lowest = held.min() ?? (scale == .linear ? 0 : 0.1)
    var highest = held.max() ?? 1
    switch scale {
    case .linear:
      if axis.includesZero { (lowest, highest) = (min(lowest, 0), max(highest, 0)) }
      // Values that differ in their last digits alone would get ticks that look the same.
      if highest - lowest <= max(lowest.magnitude, highest.magnitude) * 1e-9 {
        (lowest, highest) = ChartTicks.widened(lowest, whole: axis.isWhole)
      }
      let step = ChartTicks.step(from: lowest, to: highest, count: count, whole: axis.isWhole)
      // Whole numbers (steps, epochs) fill the width; measured values get air up to the next tick.
      // A sum of shares that rounding made a little more than 1 needs no further tick.
      let (begin, end, slack) = (lowest / step, highest / step, 1e-6)
      let first = axis.isWhole ? begin.rounded(.up) : (begin + slack).rounded(.down)
      let last = axis.isWhole ? end.rounded(.down) : (end - slack).rounded(.up)
      let steps = Int(min(max(last - first, 0), 100))
      self.values = (0...steps).map { (first + Double($0)) * step }
      lower = axis.isWhole ? lowest : first * step
      upper = axis.isWhole ? highest : last * step
      labels = self.values.map { ChartTicks.label($0, step: step, format: axis.format) }
    case .logarithmic:
      if highest / lowest < 1.1 { (lowest, highest) = (lowest / 1.5, highest * 1.5) }
      // Some air, so that no curve lies on the frame.
      let air = Logarithm.power(highest, 0.04) / Logarithm.power(lowest, 0.04)
      (lower, upper) = (lowest / air, highest * air)
      self.values = ChartTicks.logarithmic(from: lower, to: upper, count: count)
      labels = self.values.map {
        axis.format == .percent ? ChartTicks.short($0 * 100) + " %" : ChartTicks.short($0)
      }
    }
  }

  /// The place of a value, from 0 (the axis's begin) to 1 (its end).
  package func place(_ value: Double) -> Double {
    guard upper > lower else { return 0.5 }
    return switch scale {
    case .linear: (value - lower) / (upper - lower)
    case .logarithmic: (Logarithm.of(value) - Logarithm.of(lower)) / (Logarithm.of(upper) - Logarithm.of(lower))
    }
  }

  /// Some room around a single value.
  private static func widened(_ value: Double, whole: Bool) -> (Double, Double) {
    if whole { return (value - 1, value + 1) }
    let room = value == 0 ? 1 : max(value.magnitude / 10, 1e-300)
    return (value - room, value + room)
  }

  /// 1, 2 or 5 times a power of ten, so that there are about `count` steps.
  static func step(from lowest: Double, to highest: Double, count: Int, whole: Bool) -> Double {
    let rough = max((highest - lowest) / Double(max(count, 1)), 1e-300)
    let power = Logarithm.powerOfTen(rough.exponentOfTen)
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
    return whole ? max(step, 1) : step
  }

  /// Powers of ten, and 2 and 5 times them where there are few; every second, third … power where there are many; evenly spread values
  /// in a range so short that it has hardly any of these.
  private static func logarithmic(from lowest: Double, to highest: Double, count: Int) -> [Double] {
    let exponents = lowest.exponentOfTen...highest.exponentOfTen
    let decades = exponents.count - 1
    let every = max(1, (decades + count - 1) / max(count, 1))
    let factors: [Double] = decades <= 2 ? [1, 2, 5] : [1]
    let ticks = exponents.filter { $0.isMultiple(of: every) }.flatMap { exponent in
      factors.map { $0 * Logarithm.powerOfTen(exponent) }
    }
    let inside = ticks.filter { $0 >= lowest * 0.999 && $0 <= highest * 1.001 }
    if inside.count >= 3 { return inside }
    let step = step(from: lowest, to: highest, count: count, whole: false)
    let (first, last) = ((lowest / step).rounded(.up), (highest / step).rounded(.down))
    guard last > first else { return [lowest, highest] }
    return (0...Int(min(last - first, 20))).map { (first + Double($0)) * step }
  }

  private static func label(_ value: Double, step: Double, format: ChartAxis.Format) -> String {
    let scale: Double = format == .percent ? 100 : 1
    let (value, step) = (value * scale, step * scale)
    let unit = format == .percent ? " %" : ""
    let decimals = max(0, -step.exponentOfTen)
    if decimals > 6 || value.magnitude >= 1e9 { return short(value) + unit }
    if decimals == 0 { return NumberText.grouped(Int(value.rounded())) + unit }
    return NumberText.fixed(value, decimals: decimals) + unit
  }

  private static func short(_ value: Double) -> String {
    value >= 1_000 && value < 1e9 ? NumberText.grouped(Int(value.rounded())) : NumberText.significant(value)
  }
}
