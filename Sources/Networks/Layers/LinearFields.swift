import Settings
import Tensors

/// The keys that layers with a kernel and a bias share.
struct LinearFields {
  let useBias: Bool
  let activation: ActivationFunction?
  let kernelInitializer: Initializer
  let biasInitializer: Initializer

  static let all = [
    Field("useBias", .boolean, default: .bool(true), "Whether a bias is added to every output."),
    Field(
      "activation", ActivationFunction.fieldType, default: .null, "Function applied to the output; none by default."),
    initializer("kernelInitializer", default: .glorotUniform, "How the first kernel is drawn."),
    initializer("biasInitializer", default: .zeros, "How the first bias is drawn."),
  ]

  init(_ settings: Settings) {
    useBias = settings.bool("useBias")
    activation = settings.has("activation") ? ActivationFunction(settings, key: "activation") : nil
    kernelInitializer = LinearFields.initializer(settings, key: "kernelInitializer")
    biasInitializer = LinearFields.initializer(settings, key: "biasInitializer")
  }

  /// What `init` reads.
  static func keys(
    useBias: Bool, activation: ActivationFunction?, kernelInitializer: Initializer, biasInitializer: Initializer
  ) -> [(key: String, value: JSONValue)] {
    [
      (key: "useBias", value: .bool(useBias)), (key: "activation", value: activation?.described ?? .null),
      (key: "kernelInitializer", value: .string(kernelInitializer.rawValue)),
      (key: "biasInitializer", value: .string(biasInitializer.rawValue)),
    ]
  }

  private static func initializer(_ name: String, default value: Initializer, _ summary: String) -> Field {
    Field(name, .oneOf(Initializer.allCases.map(\.rawValue)), default: .string(value.rawValue), summary)
  }

  private static func initializer(_ settings: Settings, key: String) -> Initializer {
    guard let value = Initializer(rawValue: settings.string(key)) else {
      preconditionFailure("initializer '\(settings.string(key))' is in the schema only")
    }
    return value
  }
}
