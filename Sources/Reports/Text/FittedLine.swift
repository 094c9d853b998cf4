/// Fields side by side in one line, of which the less important are shortened or left out where there is no room.
package struct FittedLine: Sendable {
  /// What is between two fields.
  private static let gap = "  "

  /// Each field in its forms, the longest first; nil stands for leaving it out.
  private var fields: [[StyledText?]] = []
  /// What to shorten by one form, the least important first. What stands in one step is shortened together.
  private var steps: [[Int]] = []

  /// An empty line.
  package init() {}

  /// Adds a field on the right.
  ///
  /// - Parameter forms: the longest first; nil to leave it out.
  /// - Returns: the field's number, for `shorten`.
  package mutating func append(_ forms: [StyledText?]) -> Int {
    fields.append(forms)
    return fields.count - 1
  }

  /// Adds a step: these fields give up their next form together, before those that later steps name.
  package mutating func shorten(_ numbers: Int...) { steps.append(numbers) }

  /// The fields that are shown in some columns, by their numbers, from left to right.
  ///
  /// Where the steps have made more room than is needed, the most important of what was given up comes back.
  package func fitted(width: Int) -> [(number: Int, text: StyledText)] {
    var forms = [Int](repeating: 0, count: fields.count)
    var taken: [[Int]] = []
    for step in steps {
      if self.width(forms) <= width { break }
      for number in step { forms[number] = min(forms[number] + 1, fields[number].count - 1) }
      taken.append(step)
    }
    for step in taken.reversed() {
      var longer = forms
      for number in step { longer[number] = max(0, forms[number] - 1) }
      if self.width(longer) <= width { forms = longer }
    }
    return fields.indices.compactMap { number in fields[number][forms[number]].map { (number, $0) } }
  }

  /// The line in some columns.
  package func text(width: Int) -> StyledText {
    fitted(width: width).map(\.text).joined(separator: FittedLine.gap).prefix(columns: width)
  }

  private func width(_ forms: [Int]) -> Int {
    let widths = fields.indices.compactMap { fields[$0][forms[$0]]?.width }
    return widths.reduce(FittedLine.gap.count * max(0, widths.count - 1), +)
  }
}
