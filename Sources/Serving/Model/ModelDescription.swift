import Settings

/// What is known of the checkpoint that is served: a value, for everybody.
package struct ModelDescription: Sendable {
  /// A layer, as the API shows it.
  struct Layer: Sendable {
    var name: String
    var type: String
    var activation: String?
    var output: [Int]
    var parameters: Int
  }

  var name: String
  var path: String
  var dataset: String
  package var shape: PixelShape
  /// Names, in the order of the network's outputs.
  var classes: [String]
  var layers: [Layer]
  var parameters: Int
  package var step: Int
  var totalSteps: Int
  var epoch: Int
  var epochs: Int
  var digest: String
  var instructionSet: String
  /// The newest evaluation: metrics by name, without those that are not finite.
  var evaluation: [(name: String, value: Double)]
  /// Where the layer's activations can be asked for: its name and shape.
  var firstLayer: (name: String, type: String, shape: [Int])?
  var threads: Int

  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("name", .string(name)), ("checkpoint", .string(path)), ("dataset", .string(dataset)),
      (
        "input",
        .object([
          ("height", .integer(shape.height)), ("width", .integer(shape.width)), ("channels", .integer(shape.channels)),
        ])
      ),
      ("classes", .array(classes.map { .string($0) })),
      (
        "layers",
        .array(
          layers.map { layer in
            .object([
              ("name", .string(layer.name)), ("type", .string(layer.type)),
              ("activation", layer.activation.map { .string($0) } ?? .null),
              ("outputShape", .array(layer.output.map { .integer($0) })), ("parameters", .integer(layer.parameters)),
            ])
          })
      ),
      ("parameters", .integer(parameters)), ("step", .integer(step)), ("totalSteps", .integer(totalSteps)),
      ("epoch", .integer(epoch)), ("epochs", .integer(epochs)), ("digest", .string(digest)),
      ("instructionSet", .string(instructionSet)), ("threads", .integer(threads)),
      ("evaluation", .object(evaluation.map { (key: $0.name, value: .number($0.value)) })),
    ]
    if let firstLayer {
      members.append(
        (
          "firstLayer",
          .object([
            ("name", .string(firstLayer.name)), ("type", .string(firstLayer.type)),
            ("shape", .array(firstLayer.shape.map { .integer($0) })),
          ])
        ))
    }
    return .object(members)
  }
}
