import Settings
import Tensors

// How the config spells an activation function, for every layer that takes one.
extension ActivationFunction {
  /// A name (`"relu"`), or an object where there is something to set (`{"type": "leakyRelu", "slope": 0.1}`).
  static let fieldType = FieldType.variant(schemas)

  private static let schemas = [
    ObjectSchema("relu", "max(x, 0)."),
    ObjectSchema(
      "leakyRelu", "x where x > 0, else slope · x (Maas, Hannun and Ng 2013).",
      fields: [
        // The default is that of Keras's LeakyReLU layer.
        Field("slope", .number(.from(0, through: 1)), default: .number(0.3), "Slope for negative x.")
      ]),
    ObjectSchema("gelu", "x · Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016)."),
    ObjectSchema("silu", "x · sigmoid(x), also called swish (Elfwing, Uchibe and Doya 2017)."),
    ObjectSchema("tanh", "Hyperbolic tangent."),
    ObjectSchema("sigmoid", "1 / (1 + exp(−x))."),
  ]

  /// Reads the key `name`, whose type is `fieldType`.
  init(_ settings: Settings, key name: String) {
    let function = settings.settings(name)
    switch function.schema.name {
    case "relu": self = .relu
    case "leakyRelu": self = .leakyRelu(slope: Float(function.number("slope")))
    case "gelu": self = .gelu
    case "silu": self = .silu
    case "tanh": self = .tanh
    case "sigmoid": self = .sigmoid
    case let unknown: preconditionFailure("activation '\(unknown)' is in the schema only")
    }
  }

  /// As the config spells it.
  var described: JSONValue {
    switch self {
    case .leakyRelu(let slope): ["type": "leakyRelu", "slope": .single(slope)]
    case .relu, .gelu, .silu, .tanh, .sigmoid: .string(label)
    }
  }

  /// For summaries and comparisons: `relu`, `leakyRelu(0.3)`.
  public var label: String {
    switch self {
    case .relu: "relu"
    case .leakyRelu(let slope): "leakyRelu(\(slope))"
    case .gelu: "gelu"
    case .silu: "silu"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    }
  }
}
