import Protobuf

/// A graph of ONNX as it grows, node by node.
struct ONNXGraph {
  /// A node's setting.
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
  }

  /// An operation.
  struct Node {
    let name: String
    /// The operator: `Conv`.
    let type: String
    let inputs: [String]
    var output: String
    let attributes: [(name: String, value: Attribute)]
    /// What a reader may want to know.
    let note: String?
  }

  /// A constant of the graph: learnt weights, as a rule.
  struct Constant {
    let name: String
    let dimensions: [Int]
    let values: [Float]
  }

  /// What nodes read and write.
  struct Value {
    var name: String
    /// Extents of one sample.
    let dimensions: [Int]
    let note: String?

    init(_ name: String, _ dimensions: [Int], note: String? = nil) {
      (self.name, self.dimensions, self.note) = (name, dimensions, note)
    }
  }

  /// What the graph takes.
  let input: Value
  private(set) var nodes: [Node] = []
  private(set) var constants: [Constant] = []
  /// What the nodes give, one each, in their order.
  private(set) var values: [Value] = []
  private var names: Set<String> = []

  /// A graph that does nothing so far.
  init(input: Value) { self.input = input }

  /// Adds a node, and gives the name of what comes out of it.
  ///
  /// - Parameters:
  ///   - name: what people will see.
  ///   - dimensions: extents of one sample of the output.
  mutating func add(
    _ type: String, _ name: String, _ inputs: [String], _ attributes: [(name: String, value: Attribute)] = [],
    gives dimensions: [Int], note: String? = nil
  ) -> String {
    let name = unused(name)
    let output = name + "/output"
    nodes.append(Node(name: name, type: type, inputs: inputs, output: output, attributes: attributes, note: note))
    values.append(Value(output, dimensions))
    return output
  }

  /// Adds a constant, and gives its name.
  mutating func constant(_ name: String, _ dimensions: [Int], _ values: [Float]) -> String {
    let name = unused(name)
    constants.append(Constant(name: name, dimensions: dimensions, values: values))
    return name
  }

  /// Gives the last node's output, which nobody reads yet, another name.
  mutating func nameLastOutput(_ name: String) -> String {
    nodes[nodes.count - 1].output = name
    values[values.count - 1].name = name
    return name
  }

  /// Layers of a program's own may be called anything.
  private mutating func unused(_ name: String) -> String {
    var unused = name
    while !names.insert(unused).inserted { unused += "_" }
    return unused
  }
}

// MARK: onnx.proto, by field numbers, which never change

extension ONNXGraph {
  /// As a `GraphProto`.
  ///
  /// - Parameter outputs: the values that the graph gives.
  func write(to graph: inout ProtobufWriter, name: String, note: String, outputs: [Value]) {
    for node in nodes { graph.message(1, node.write) }
    graph.text(2, name)
    for constant in constants { graph.message(5, constant.write) }
    graph.text(10, note)
    graph.message(11, input.write)
    for output in outputs { graph.message(12, output.write) }
    let given = Set(outputs.map(\.name))
    for value in values where !given.contains(value.name) { graph.message(13, value.write) }
  }
}

extension ONNXGraph.Node {
  fileprivate func write(to node: inout ProtobufWriter) {
    for input in inputs { node.text(1, input) }
    node.text(2, output)
    node.text(3, name)
    node.text(4, type)
    for (name, value) in attributes {
      node.message(5) { attribute in
        attribute.text(1, name)
        switch value {
        case .float(let value):
          attribute.float(2, value)
          attribute.integer(20, 1)
        case .integer(let value):
          attribute.integer(3, value)
          attribute.integer(20, 2)
        case .integers(let values):
          for value in values { attribute.integer(8, value) }
          attribute.integer(20, 7)
        }
      }
    }
    if let note { node.text(6, note) }
  }
}

extension ONNXGraph.Constant {
  fileprivate func write(to tensor: inout ProtobufWriter) {
    for extent in dimensions { tensor.integer(1, extent) }
    tensor.integer(2, ONNXGraph.floatType)
    tensor.text(8, name)
    tensor.floats(9, values)
  }
}

extension ONNXGraph.Value {
  fileprivate func write(to value: inout ProtobufWriter) {
    value.text(1, name)
    value.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, ONNXGraph.floatType)
        tensor.message(2) { shape in
          // Any number of samples.
          shape.message(1) { $0.text(2, "batch") }
          for extent in dimensions { shape.message(1) { $0.integer(1, extent) } }
        }
      }
    }
    if let note { value.text(3, note) }
  }
}

extension ONNXGraph {
  /// `TensorProto.FLOAT`.
  fileprivate static let floatType = 1
}
