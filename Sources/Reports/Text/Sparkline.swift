/// A curve in one line of text.
public enum Sparkline {
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One character a value, from the smallest (`▁`) to the largest (`█`); a blank where a value is not finite. Equal values lie at
  /// the bottom.
  public static func text(_ values: [Double]) -> String {
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
