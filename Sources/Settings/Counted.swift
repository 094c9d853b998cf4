/// Numbers of things in messages.
package enum Counted {
  /// `1 byte`, `784 bytes`.
  package static func text(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
