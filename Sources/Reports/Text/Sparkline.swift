/// A curve in one line of text.
public enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let ascii: [Character] = ["_", ".", "-", "~", "=", "+", "*", "#"]

  /// One character a value, from the smallest (`▁`) to the largest (`█`); a blank where a value is not finite. Equal values lie at
  /// the bottom.
  ///
  /// - Parameter unicode: whether blocks can be shown; else characters of ASCII, from `_` to `#`.
  public static func text(_ values: [Double], unicode: Bool = true) -> String {
    let levels = unicode ? blocks : ascii
    let finite = values.filter(\.isFinite)
    guard let lowest = finite.min(), let highest = finite.max() else {
      return String(repeating: " ", count: values.count)
    }
    // Halves, so that the difference of two huge values is finite.
    let range = highest / 2 - lowest / 2
    return String(
      values.map { value in
        guard value.isFinite else { return " " }
        guard range > 0 else { return levels[0] }
        return levels[Int(((value / 2 - lowest / 2) / range * Double(levels.count - 1)).rounded())]
      })
  }
}
