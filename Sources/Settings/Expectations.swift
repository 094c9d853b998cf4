// What messages say about types and values.

extension FieldType {
  /// What is allowed, for messages: `an integer, 1 to 65536`.
  var expectation: String {
    guard let bounds else { return plainExpectation }
    switch self {
    case .list(let element, _): return "an array of \(bounds) \(element.plural)"
    case .fileName: return "\(plainExpectation) of \(bounds)"
    default: return "\(plainExpectation), \(bounds)"
    }
  }

  /// The kind of value that is allowed, without bounds: `an integer`.
  var plainExpectation: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .fileName: "a string"
    case .oneOf(let names): alternatives(names.map { "\"\($0)\"" })
    case .list(let element, _): "an array of \(element.plural)"
    case .object: "an object"
    case .variant(_, let tag): "an object with the key \"\(tag)\", or a bare name"
    case .either(let types):
      alternatives(types.map { if case .list = $0 { $0.expectation } else { $0.plainExpectation } })
    }
  }

  /// What an array has several of.
  private var plural: String {
    switch self {
    case .boolean, .either: "values"
    case .integer: "integers"
    case .number: "numbers"
    case .string, .fileName: "strings"
    case .oneOf: "names"
    case .list: "arrays"
    case .object, .variant: "objects"
    }
  }

  /// The range of a number or of an array's length: `1 to 65536`, `above 0`; nil for types without one.
  var bounds: String? {
    switch self {
    case .integer(let range):
      switch (range.lowerBound == .min, range.upperBound == .max) {
      case (true, true): nil
      case (true, false): "at most \(range.upperBound)"
      case (false, true): "\(range.lowerBound) or more"
      case (false, false): "\(range.lowerBound) to \(range.upperBound)"
      }
    case .number(let range): range.bounds
    case .list(_, let count):
      if count.lowerBound == count.upperBound {
        "\(count.lowerBound)"
      } else if count.upperBound == .max {
        count.lowerBound == 0 ? nil : "\(count.lowerBound) or more"
      } else {
        "\(count.lowerBound) to \(count.upperBound)"
      }
    case .fileName: "1 to 100 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" or \"-\""
    default: nil
    }
  }

  /// Whether `text` is what `fileName` takes.
  public static func isFileName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count <= 100 else { return false }
    return first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
      && bytes.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Whether the type is the one of an `either` that decides about values of this JSON kind.
  func takes(_ content: JSONNode.Content) -> Bool {
    switch (self, content) {
    case (.boolean, .bool), (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number),
      (.string, .string), (.fileName, .string), (.oneOf, .string), (.list, .array), (.object, .object),
      (.variant, .object),
      (.variant, .string):
      true
    case (.either(let types), _): types.contains { $0.takes(content) }
    default: false
    }
  }

  /// The message for a name that nothing has.
  static func unknownName(_ name: String, kind: String, known: [String]) -> String {
    if let nearest = NearestName.find(name, in: known) {
      return "unknown \(kind) \(quoted(name)); did you mean \"\(nearest)\"?"
    }
    return "unknown \(kind) \(quoted(name)); expected \(FieldType.oneOf(known).expectation)"
  }
}

extension NumberRange {
  /// `0 to 1`, `above 0`, `0 or more and below 1`; nil for any number.
  var bounds: String? {
    let least = lower.map { lowerIncluded ? "\(Self.plain($0)) or more" : "above \(Self.plain($0))" }
    let most = upper.map { upperIncluded ? "at most \(Self.plain($0))" : "below \(Self.plain($0))" }
    if let lower, let upper, lowerIncluded, upperIncluded { return "\(Self.plain(lower)) to \(Self.plain(upper))" }
    if let least, let most { return "\(least) and \(most)" }
    return least ?? most
  }

  private static func plain(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? JSONValue.number(value).description
  }
}

extension JSONNode {
  /// What was found, for messages: `the string "3"`, `an array`, `2.5`.
  var kindAndValue: String {
    switch content {
    case .null, .bool, .integer, .number: value.description
    case .string(let text): "the string \(quoted(text))"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// `a, b or c`.
private func alternatives(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
  return names.dropLast().joined(separator: ", ") + " or " + last
}
