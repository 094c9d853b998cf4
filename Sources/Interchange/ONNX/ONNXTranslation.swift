import Checkpoints
import Networks
import Tensors

/// Makes a graph of a network, layer by layer. Images of ONNX have their channels first: they are turned once, in front of the first
/// layer that looks at images, and whatever is learnt about flattened ones is put into that order instead of turning them back.
struct ONNXTranslation {
  private(set) var graph: ONNXGraph
  /// What the next layer reads.
  private(set) var value: String
  /// Its extents as the network has them, channels last.
  private var shape: Shape
  private var hasChannelsFirst = false
  /// The image that a row was before it was flattened with its channels first; nil for a row in the network's own order.
  private var flattened: Shape?

  /// The whole network, up to its outputs as they are.
  init(_ network: TrainedNetwork, input: ONNXGraph.Value) {
    graph = ONNXGraph(input: input)
    (value, shape) = (input.name, network.input)
    rescale(network.rescaling)
    for (index, layer) in network.layers.enumerated() {
      let isDenseLater = network.layers[(index + 1)...].contains { $0.operation == .dense }
      translate(layer, isDenseLater: isDenseLater)
      shape = layer.output
      if let function = layer.activation { activate(function, of: layer.name) }
    }
    turnBack()
  }

  /// Adds a node that reads the current value and makes the next one.
  private mutating func append(
    _ type: String, _ name: String, constants: [String] = [],
    _ attributes: [(name: String, value: ONNXGraph.Attribute)] = [], gives shape: Shape, note: String? = nil
  ) {
    value = graph.add(type, name, [value] + constants, attributes, gives: dimensions(shape), note: note)
  }

  /// Extents in the order that ONNX has them here.
  private func dimensions(_ shape: Shape) -> [Int] {
    hasChannelsFirst && shape.rank == 3 ? [shape[2], shape[0], shape[1]] : shape.dimensions
  }

  private mutating func rescale(_ rescaling: Rescaling) {
    let note = "pixel values as the network was trained on them"
    if let scale = rescaling.scale {
      let factor = graph.constant("rescaling/scale", scale.dimensions, scale.values)
      append("Mul", "rescaling/multiply", constants: [factor], gives: shape, note: note)
    }
    if let offset = rescaling.offset {
      let summand = graph.constant("rescaling/offset", offset.dimensions, offset.values)
      append("Add", "rescaling/add", constants: [summand], gives: shape, note: note)
    }
  }

  // MARK: The order of an image's axes

  private mutating func turn() {
    guard !hasChannelsFirst else { return }
    hasChannelsFirst = true
    append(
      "Transpose", "channels_first", [("perm", .integers([0, 3, 1, 2]))], gives: shape,
      note: "images have their channels last, and ONNX wants them first")
  }

  private mutating func turnBack() {
    guard hasChannelsFirst, shape.rank == 3 else { return }
    hasChannelsFirst = false
    append("Transpose", "channels_last", [("perm", .integers([0, 2, 3, 1]))], gives: shape)
  }

  private mutating func flatten(_ name: String, isDenseLater: Bool) {
    if hasChannelsFirst, shape[2] > 1, shape[0] * shape[1] > 1 {
      // What nobody after it can put in order has to be in order before.
      if isDenseLater { flattened = shape } else { turnBack() }
    }
    append("Flatten", name, [("axis", .integer(1))], gives: [shape.count])
    hasChannelsFirst = false
  }

  // MARK: Layers

  private mutating func translate(_ layer: TrainedNetwork.Layer, isDenseLater: Bool) {
    switch layer.operation {
    case .convolution(let window):
      turn()
      append(
        "Conv", layer.name, constants: parameters(of: layer), attributes(window, [("group", .integer(1))]),
        gives: layer.output)
    case .maxPool(let window):
      turn()
      append("MaxPool", layer.name, attributes(window), gives: layer.output)
    case .averagePool(let window):
      turn()
      append(
        "AveragePool", layer.name, attributes(window, [("count_include_pad", .integer(0))]), gives: layer.output)
    case .globalAveragePool:
      turn()
      append("GlobalAveragePool", layer.name, gives: [1, 1, layer.output.count])
      append("Flatten", layer.name + "/flatten", [("axis", .integer(1))], gives: layer.output)
      hasChannelsFirst = false
    case .dense:
      append(
        "Gemm", layer.name, constants: parameters(of: layer), gives: layer.output,
        note: flattened == nil ? nil : "rows of the kernel in the order of a flattened image with its channels first")
      flattened = nil
    case .flatten:
      if shape.rank > 1 { flatten(layer.name, isDenseLater: isDenseLater) }
    case .dropout, .identity:
      break
    }
  }

  private func attributes(
    _ window: Window2D, _ more: [(name: String, value: ONNXGraph.Attribute)] = []
  ) -> [(name: String, value: ONNXGraph.Attribute)] {
    let (before, after) = (window.padBefore, window.padAfter)
    return [
      ("kernel_shape", .integers([window.kernel.height, window.kernel.width])),
      ("strides", .integers([window.stride.height, window.stride.width])),
      ("pads", .integers([before.height, before.width, after.height, after.width])),
    ] + more
  }

  /// The constants of a layer's kernel and bias, in ONNX's order.
  private mutating func parameters(of layer: TrainedNetwork.Layer) -> [String] {
    var names: [String] = []
    if let kernel = layer.kernel {
      let (dimensions, values) = ordered(kernel)
      names.append(graph.constant(layer.name + "/kernel", dimensions, values))
    }
    if let bias = layer.bias {
      names.append(graph.constant(layer.name + "/bias", bias.shape.dimensions, bias.array()))
    }
    return names
  }

  private func ordered(_ kernel: TensorSnapshot) -> (dimensions: [Int], values: [Float]) {
    let values = kernel.array()
    if kernel.shape.rank == 4 {
      // [height, width, in, out] → [out, in, height, width]
      let (cells, inputs, outputs) = (kernel.shape[0] * kernel.shape[1], kernel.shape[2], kernel.shape[3])
      let turned = ONNXTranslation.reordered(values, outer: cells, middle: inputs, inner: outputs)
      return ([outputs, inputs, kernel.shape[0], kernel.shape[1]], turned)
    }
    guard let flattened else { return (kernel.shape.dimensions, values) }
    // Rows (height · width, channel) → (channel, height · width); a row stays together.
    let (cells, channels, units) = (flattened[0] * flattened[1], flattened[2], kernel.shape[1])
    var rows: [Float] = []
    rows.reserveCapacity(values.count)
    for channel in 0..<channels {
      for cell in 0..<cells {
        let start = (cell * channels + channel) * units
        rows += values[start..<start + units]
      }
    }
    return (kernel.shape.dimensions, rows)
  }

  /// `[outer, middle, inner]` as `[inner, middle, outer]`.
  private static func reordered(_ values: [Float], outer: Int, middle: Int, inner: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for last in 0..<inner {
      for between in 0..<middle {
        for first in 0..<outer { result.append(values[(first * middle + between) * inner + last]) }
      }
    }
    return result
  }

  // MARK: Activations

  private mutating func activate(_ function: ActivationFunction, of layer: String) {
    let name = "\(layer)/\(ONNXTranslation.name(of: function))"
    switch function {
    case .relu: append("Relu", name, gives: shape)
    case .leakyRelu(let slope): append("LeakyRelu", name, [("alpha", .float(slope))], gives: shape)
    case .tanh: append("Tanh", name, gives: shape)
    case .sigmoid: append("Sigmoid", name, gives: shape)
    case .silu:
      let input = value
      append("Sigmoid", name + "/sigmoid", gives: shape)
      append("Mul", name, constants: [input], gives: shape)
    case .gelu: appendGELU(name)
    }
  }

  /// x · ½ (1 + erf(x / √2)): an operator of its own came with opset 20.
  private mutating func appendGELU(_ name: String) {
    let input = value
    let constants = [("root_half", Float(0.5).squareRoot()), ("one", 1), ("half", 0.5)].map { number, value in
      graph.constant("\(name)/\(number)", [], [value])
    }
    append("Mul", name + "/scaled", constants: [constants[0]], gives: shape)
    append("Erf", name + "/erf", gives: shape)
    append("Add", name + "/shifted", constants: [constants[1]], gives: shape)
    append("Mul", name + "/halved", constants: [constants[2]], gives: shape)
    append("Mul", name, constants: [input], gives: shape, note: "x · Φ(x), the exact form")
  }

  private static func name(of function: ActivationFunction) -> String {
    switch function {
    case .relu: "relu"
    case .leakyRelu: "leaky_relu"
    case .gelu: "gelu"
    case .silu: "silu"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    }
  }
}
