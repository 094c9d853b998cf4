import Settings
import Testing

/// What is JSON is read as it says, with the place of every part.
@Suite struct JSONParserTests {
  static let accepted: [(text: String, value: JSONValue)] = [
    ("null", .null),
    (" true\n", true),
    ("[false]", [false]),
    ("0", 0),
    ("-0", 0),
    ("-12", -12),
    ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", 9223372036854775808.0),
    ("3.0", 3.0),
    ("1e3", 1000.0),
    ("1E-2", 0.01),
    ("0.1", 0.1),
    ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
    ("5e-324", .number(.leastNonzeroMagnitude)),
    ("1e-999", 0.0),
    ("\"\"", ""),
    ("\"a b\"", "a b"),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"),
    ("\"é€😀\u{7F}\"", "é€😀\u{7F}"),
    (#""\u0000""#, "\0"),
    ("[]", []),
    ("[ ]", []),
    ("{}", [:]),
    ("{\t}", [:]),
    ("[1,[2,[]],{}]", [1, [2, []], [:]]),
    ("{\"b\": 1, \"a\": {\"\": 2}}", ["b": 1, "a": ["": 2]]),
    ("{\"a\": {\"a\": 1}}", ["a": ["a": 1]]),
  ]

  @Test(arguments: accepted)
  func isRead(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(text, file: "f").value == value)
  }

  @Test func everyPartKnowsItsPlace() throws {
    let text = "{\r\n  \"é😀\": [1, \"ä\", 2],\n\t\"b\": {\"c\": null}}"
    let root = try JSONParser.parse(text, file: "c.json")
    #expect(place(root.location) == "c.json:1:1")
    let members = try #require(Self.members(root))
    #expect(place(members[0].location) == "c.json:2:3")
    #expect(place(members[0].value.location) == "c.json:2:9")
    #expect(
      Self.elements(members[0].value)?.map { place($0.location) } == ["c.json:2:10", "c.json:2:13", "c.json:2:18"])
    #expect(place(members[1].location) == "c.json:3:2")
    #expect(place(members[1].value.location) == "c.json:3:7")
    let inner = try #require(Self.members(members[1].value))
    #expect(place(inner[0].location) == "c.json:3:8")
    #expect(place(inner[0].value.location) == "c.json:3:13")
  }

  @Test func textOfManyPartsIsReadInLinearTime() throws {
    // Duplicate keys are looked for among all of these, and numbers of any length are measured; a quadratic step in either
    // would take minutes.
    let keys = (0..<30_000).map { "\"key\($0)\": \($0)" }.joined(separator: ",")
    #expect(try Self.members(JSONParser.parse("{\(keys)}", file: "f"))?.count == 30_000)
    let digits = String(repeating: "3", count: 1_000_000)
    #expect(try JSONParser.parse("0.\(digits)", file: "f").value == .number(1.0 / 3))
  }

  private func place(_ location: TextLocation?) -> String? { location?.description }

  private static func members(_ node: JSONNode) -> [JSONNode.Member]? {
    if case .object(let members) = node.content { members } else { nil }
  }

  private static func elements(_ node: JSONNode) -> [JSONNode]? {
    if case .array(let elements) = node.content { elements } else { nil }
  }
}
