extension SchemaDecoder {
  /// The validated value; nil (and problems) where it is not of the type.
  mutating func value(_ node: JSONNode, type: FieldType, path: String) -> Settings.Value? {
    switch type {
    case .boolean:
      guard case .bool(let value) = node.content else { return mismatch(node, type, path) }
      return .bool(value)
    case .integer(let range):
      return integer(node, range: range, path: path)
    case .number(let range):
      return number(node, range: range, path: path)
    case .string:
      return string(node, path: path)
    case .fileName:
      return fileName(node, path: path)
    case .oneOf(let names):
      guard case .string(let name) = node.content else { return mismatch(node, type, path) }
      if names.contains(name) { return .string(name) }
      report(FieldType.unknownName(name, kind: "name", known: names), at: node.location, path: path)
      return nil
    case .list(let element, let count):
      return list(node, element: element, count: count, path: path)
    case .object(let schema):
      return object(node, schema: schema, path: path).map { .object($0) }
    case .variant(let schemas, let tag):
      return variant(node, schemas: schemas, tag: tag, path: path).map { .object($0) }
    case .either(let types):
      guard let type = types.first(where: { $0.takes(node.content) }) else { return mismatch(node, type, path) }
      return value(node, type: type, path: path)
    }
  }

  private mutating func mismatch(_ node: JSONNode, _ type: FieldType, _ path: String) -> Settings.Value? {
    report("expected \(type.plainExpectation), found \(node.kindAndValue)", at: node.location, path: path)
    return nil
  }

  /// A number without a fraction is an integer however it is written: `3`, `3.0` and `3e0` are one value, as in JSON
  /// Schema.
  private mutating func integer(_ node: JSONNode, range: ClosedRange<Int>, path: String) -> Settings.Value? {
    let value: Int?
    switch node.content {
    case .integer(let integer): value = integer
    case .number(let number) where number.rounded() == number: value = Int(exactly: number)
    default: return mismatch(node, .integer(range), path)
    }
    guard let value, range.contains(value) else {
      let expected = FieldType.integer(range).bounds ?? "an integer of 64 bits"
      report("\(node.kindAndValue) is out of range; expected \(expected)", at: node.location, path: path)
      return nil
    }
    return .integer(value)
  }

  private mutating func number(_ node: JSONNode, range: NumberRange, path: String) -> Settings.Value? {
    let value: Double
    switch node.content {
    case .integer(let integer): value = Double(integer)
    case .number(let number): value = number
    default: return mismatch(node, .number(range), path)
    }
    guard range.contains(value) else {
      let expected = FieldType.number(range).bounds ?? "a finite number"
      report("\(node.kindAndValue) is out of range; expected \(expected)", at: node.location, path: path)
      return nil
    }
    return .number(value)
  }

  private mutating func string(_ node: JSONNode, path: String) -> Settings.Value? {
    guard case .string(let text) = node.content else { return mismatch(node, .string, path) }
    if text.isEmpty {
      report("the string is empty; expected at least one character", at: node.location, path: path)
      return nil
    }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      report("the string \(quoted(text)) has a control character", at: node.location, path: path)
      return nil
    }
    return .string(text)
  }

  private mutating func fileName(_ node: JSONNode, path: String) -> Settings.Value? {
    guard case .string(let text) = node.content else { return mismatch(node, .fileName, path) }
    guard FieldType.isFileName(text) else {
      let expected = FieldType.fileName.expectation
      report("\(quoted(text)) cannot name a file; expected \(expected)", at: node.location, path: path)
      return nil
    }
    return .string(text)
  }

  private mutating func list(
    _ node: JSONNode, element: FieldType, count: ClosedRange<Int>, path: String
  ) -> Settings.Value? {
    guard case .array(let nodes) = node.content else {
      return mismatch(node, .list(element, count: count), path)
    }
    guard count.contains(nodes.count) else {
      let expected = FieldType.list(element, count: count).bounds ?? "any number"
      let found = Counted.text(nodes.count, "element")
      report("the array has \(found); expected \(expected)", at: node.location, path: path)
      return nil
    }
    let before = problems.count
    var values: [Settings.Value] = []
    for (index, node) in nodes.enumerated() where problems.count < Self.mostProblems {
      if let value = value(node, type: element, path: "\(path)[\(index)]") { values.append(value) }
    }
    return problems.count == before ? .list(values) : nil
  }
}
