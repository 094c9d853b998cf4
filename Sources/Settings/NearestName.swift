/// Finds what somebody meant who misspelt a name.
public enum NearestName {
  /// The candidate that `name` most likely stands for, or nil where none is near.
  ///
  /// Near is a small number of edits, letter case aside: none in a name of up to 2 characters, 1 up to 5, 2 up to 8, 3
  /// beyond. Failing that, the one candidate that contains the name (`conv` → `conv2d`). Of equally near candidates the
  /// first wins.
  public static func find(_ name: String, in candidates: [String]) -> String? {
    let wanted = folded(name)
    let limit = wanted.count <= 2 ? 0 : wanted.count <= 5 ? 1 : wanted.count <= 8 ? 2 : 3
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(wanted, folded(candidate), limit: best.map { $0.distance - 1 } ?? limit)
      if let distance { best = (candidate, distance) }
    }
    if let best { return best.candidate }
    let containing = wanted.count < 3 ? [] : candidates.filter { contains(folded($0), wanted) }
    return containing.count == 1 ? containing[0] : nil
  }

  /// Edits that turn one name into the other: insert, delete or replace a character, or swap two neighbours, no
  /// substring being edited twice (Damerau 1964, Levenshtein 1966; the "optimal string alignment" variant). Time:
  /// product of the lengths.
  public static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first.unicodeScalars), Array(second.unicodeScalars))
    return distance(first, second, limit: max(first.count, second.count)) ?? max(first.count, second.count)
  }

  /// The distance, or nil where it exceeds `limit`.
  private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], limit: Int) -> Int? {
    // A key may be as long as the file: what cannot be near is not measured.
    guard limit >= 0, abs(first.count - second.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for i in 0..<first.count {
      var row = [i + 1]
      for j in 0..<second.count {
        var edits = min(last[j + 1] + 1, row[j] + 1, last[j] + (first[i] == second[j] ? 0 : 1))
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          edits = min(edits, beforeLast[j - 1] + 1)
        }
        row.append(edits)
      }
      (beforeLast, last) = (last, row)
    }
    return last[second.count] <= limit ? last[second.count] : nil
  }

  private static func folded(_ name: String) -> [Unicode.Scalar] { Array(name.lowercased().unicodeScalars) }

  private static func contains(_ whole: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    whole.count >= part.count
      && (0...whole.count - part.count).contains { whole[$0..<$0 + part.count].elementsEqual(part) }
  }
}
