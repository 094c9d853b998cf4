import Interchange
import Networks
import Optimizers
import Settings
import Tensors
import Training

/// A dense layer under a name of its own, as a program may have one; what it says of itself to exporters is in `kind`.
struct OwnLayer: Layer {
  private let kind: String
  private let dense: Dense

  static let kerasClass = "Softmax"

  static let schema = ObjectSchema(
    "own", "A layer of a program's own.",
    fields: [Field("units", .integer(1...9), "Outputs."), Field("kind", .string, "What it says it is.")])

  init(settings: Settings) throws(SettingsError) {
    kind = settings.string("kind")
    dense = Dense(units: settings.integer("units"))
  }

  var keys: JSONValue { ["units": .integer(dense.units), "kind": .string(kind)] }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    try dense.plan(input: input, context: context)
  }

  func exported(input: Shape) throws(ShapeError) -> ExportedLayer? {
    switch kind {
    case "dense": .dense
    case "flatten": .flatten
    case "identity": .identity
    default: nil
    }
  }
}

/// A loss that no other program has.
struct OwnLoss: Loss {
  static let schema = ObjectSchema("ownLoss", "A loss of a program's own.")
  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }
  func evaluate(_ pass: LossPass) { SoftmaxCrossEntropy().evaluate(pass) }
}

/// An update rule that no other program has.
struct OwnOptimizer: Optimizer {
  static let kerasName = "own"
  static let schema = ObjectSchema("ownRule", "A rule of a program's own.")
  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }
  let learningRate = 0.1
  let slots: [String] = []
  func update(_ pass: UpdatePass) {}
}

extension AnyCheckpoint {
  /// A network that begins with an `OwnLayer`.
  ///
  /// - Parameters:
  ///   - kind: what that says it is.
  ///   - training: the config's `training`, as JSON.
  static func own(
    _ kind: String, training: String = #"{"epochs": 1, "optimizer": "adam"}"#
  ) throws -> AnyCheckpoint {
    try AnyCheckpoint(
      #"{"input": [4], "layers": [{"type": "own", "units": 4, "kind": "\#(kind)"}, {"type": "dense", "units": 3}]}"#,
      training: training,
      vocabulary: .standard.adding(OwnLayer.self).adding(OwnLoss.self).adding(OwnOptimizer.self))
  }
}
