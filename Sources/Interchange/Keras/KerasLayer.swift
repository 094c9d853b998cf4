import Checkpoints
import Networks
import Settings
import Tensors

/// A layer of a Keras `Sequential`, with its weights.
struct KerasLayer {
  /// The name of the layer that says what goes in.
  static let inputName = "input_layer"

  /// Keras's class.
  let kerasClass: String
  /// What its initialiser takes, beside its name and type.
  let settings: JSONValue
  /// Its name.
  let name: String
  /// Its variables in Keras's order.
  let variables: [TensorSnapshot]

  private init(_ kerasClass: String, _ name: String, _ settings: JSONValue, variables: [TensorSnapshot] = []) {
    (self.kerasClass, self.name, self.settings, self.variables) = (kerasClass, name, settings, variables)
  }

  /// As a configuration describes it.
  var config: JSONValue {
    let common: JSONValue =
      kerasClass == "InputLayer" ? ["name": .string(name)] : ["name": .string(name), "trainable": true]
    return kerasObject("keras.layers", kerasClass, common.merging(["dtype": "float32"]).merging(settings))
  }

  /// The shape of a batch of any size.
  static func batch(of shape: Shape) -> JSONValue { .array([.null] + shape.dimensions.map { .integer($0) }) }

  /// All layers of a network: what goes in, how it is rescaled, then its own.
  static func all(of network: TrainedNetwork) -> [KerasLayer] {
    var layers = [KerasLayer("InputLayer", inputName, ["batch_shape": batch(of: network.input)])]
    if let rescaling = KerasLayer(network.rescaling) { layers.append(rescaling) }
    for layer in network.layers { layers += KerasLayer.layers(for: layer) }
    return layers
  }

  /// Nil where inputs stay as they are.
  private init?(_ rescaling: Rescaling) {
    if rescaling.scale == nil, rescaling.offset == nil { return nil }
    self.init(
      "Rescaling", "rescaling",
      [
        "scale": rescaling.scale.map(KerasLayer.nested) ?? 1, "offset": rescaling.offset.map(KerasLayer.nested) ?? 0,
      ])
  }

  /// Numbers with lists around them, one for each axis.
  private static func nested(_ numbers: Rescaling.Numbers) -> JSONValue {
    var values = numbers.values.map { JSONValue.number(Double($0)) }
    for extent in numbers.dimensions.reversed() {
      values = stride(from: 0, to: values.count, by: extent).map { .array(Array(values[$0..<$0 + extent])) }
    }
    return values[0]
  }

  /// A layer and, where Keras knows its activation as a layer only, that one.
  private static func layers(for layer: TrainedNetwork.Layer) -> [KerasLayer] {
    guard case .leakyRelu(let slope) = layer.activation else { return [KerasLayer(layer, activation(of: layer))] }
    // Keras's function of that name has a slope of its own.
    let leaky: JSONValue = ["negative_slope": .single(slope)]
    if layer.operation == .identity { return [KerasLayer("LeakyReLU", layer.name, leaky)] }
    return [KerasLayer(layer, "linear"), KerasLayer("LeakyReLU", layer.name + "_leaky_re_lu", leaky)]
  }

  private static func activation(of layer: TrainedNetwork.Layer) -> String {
    switch layer.activation {
    case .relu: "relu"
    // The exact form, as Keras has it by default.
    case .gelu: "gelu"
    case .silu: "silu"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    case .leakyRelu, nil: "linear"
    }
  }

  private init(_ layer: TrainedNetwork.Layer, _ activation: String) {
    let common: JSONValue = ["activation": .string(activation), "use_bias": .bool(layer.bias != nil)]
    let variables = [layer.kernel, layer.bias].compactMap { $0 }
    switch layer.operation {
    case .convolution(let window):
      self.init(
        "Conv2D", layer.name,
        KerasLayer.settings(window, size: "kernel_size").merging(["filters": .integer(window.filters)]).merging(common),
        variables: variables)
    case .dense:
      self.init(
        "Dense", layer.name, (["units": .integer(layer.output.count)] as JSONValue).merging(common),
        variables: variables)
    case .maxPool(let window):
      self.init("MaxPooling2D", layer.name, KerasLayer.settings(window, size: "pool_size"))
    case .averagePool(let window):
      self.init("AveragePooling2D", layer.name, KerasLayer.settings(window, size: "pool_size"))
    case .globalAveragePool:
      self.init("GlobalAveragePooling2D", layer.name, KerasLayer.channelsLast)
    case .flatten: self.init("Flatten", layer.name, KerasLayer.channelsLast)
    case .dropout(let rate): self.init("Dropout", layer.name, ["rate": .single(rate)])
    case .identity: self.init("Activation", layer.name, ["activation": .string(activation)])
    }
  }

  private static let channelsLast: JSONValue = ["data_format": "channels_last"]

  private static func settings(_ window: Window2D, size: String) -> JSONValue {
    JSONValue.object([
      (key: size, value: [.integer(window.kernel.height), .integer(window.kernel.width)]),
      (key: "strides", value: [.integer(window.stride.height), .integer(window.stride.width)]),
      (key: "padding", value: .string(window.padding.rawValue)),
    ]).merging(channelsLast)
  }
}
