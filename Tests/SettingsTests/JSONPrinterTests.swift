import Settings
import Testing

/// Values are written so that reading gives them back, and as a person would write them.
@Suite struct JSONPrinterTests {
  static let compact: [(value: JSONValue, text: String)] = [
    (.null, "null"), (true, "true"), (-3, "-3"), (.integer(.min), "-9223372036854775808"),
    (0.1, "0.1"), (3.0, "3.0"), (-0.0, "-0.0"), (0.00001, "1e-5"), (1e16, "1e16"), (1.5e300, "1.5e300"),
    (.number(.leastNonzeroMagnitude), "5e-324"), (.number(.infinity), "null"), (.number(.nan), "null"),
    ("a\"\\\n\r\t\u{1}\u{7F}\u{9B}é/", #""a\"\\\n\r\t\u0001\u007f\u009bé/""#),
    ([1, [2, [:]], []], "[1,[2,{}],[]]"), (["a": 1, "b": ["c": .null]], #"{"a":1,"b":{"c":null}}"#),
  ]

  @Test(arguments: compact)
  func isOneLineWithoutSpaces(value: JSONValue, text: String) {
    #expect(value.description == text)
  }

  @Test func configsLookHandwritten() throws {
    let text = """
      {
        "name": "mnist-cnn",
        "data": { "dataset": "mnist", "directory": "Data/mnist", "validation": 0.0 },
        "model": {
          "input": [28, 28, 1],
          "layers": [
            { "type": "conv2d", "filters": 32, "kernel": [3, 3], "activation": null },
            "flatten"
          ]
        },
        "empty": {},
        "none": []
      }

      """
    #expect(try JSONParser.parse(text, file: "f").value.prettyPrinted == text)
  }

  @Test func linesEndAtColumn100() {
    // The key and its bracket take 8 columns, the comma behind the value none.
    let fitting = JSONValue.array([.string(String(repeating: "x", count: 88))])
    let tooLong = JSONValue.array([.string(String(repeating: "x", count: 89))])
    #expect(JSONValue.object([("a", fitting)]).prettyPrinted.split(separator: "\n").map(\.count) == [1, 99, 1])
    #expect(JSONValue.object([("a", tooLong)]).prettyPrinted.split(separator: "\n").map(\.count) == [1, 8, 95, 3, 1])
  }

  @Test func scalarsStandAlone() {
    #expect(JSONValue.integer(3).prettyPrinted == "3\n")
    #expect(JSONValue.object([]).prettyPrinted == "{}\n")
    #expect(JSONValue.array([1, 2]).prettyPrinted == "[\n  1,\n  2\n]\n")
  }

  @Test func readingGivesBackWhatWasWritten() throws {
    var trees = RandomTrees(seed: 1)
    for round in 0..<2_000 {
      let value = trees.value(depth: 5)
      #expect(try JSONParser.parse(value.description, file: "f").value == value, "round \(round)")
      #expect(try JSONParser.parse(value.prettyPrinted, file: "f").value == value, "round \(round)")
    }
  }
}

/// JSON values of all kinds, the same ones for the same seed.
struct RandomTrees {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(state: seed) }

  mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .integer(.random(in: -100...100, using: &random))
    case 3: .integer(Int(truncatingIfNeeded: random.next()))
    case 4: .number(number())
    case 5: .string(string())
    case 6: .array((0..<Int.random(in: 0...5, using: &random)).map { _ in value(depth: depth - 1) })
    default:
      .object(
        (0..<Int.random(in: 0...5, using: &random)).map { (key: "\($0)\(string())", value: value(depth: depth - 1)) })
    }
  }

  /// Any finite number: all exponents are equally likely.
  private mutating func number() -> Double {
    let value = Double(bitPattern: random.next())
    return value.isFinite ? value : 0.1
  }

  private mutating func string() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", "\"", "\\", "/", "\n", "\0", "\u{7F}", "\u{9B}", "é", "€", "😀", "\u{301}",
    ]
    var string = ""
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      string.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
    }
    return string
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014); the system's one has none.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
