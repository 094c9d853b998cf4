import Protobuf
import Settings
import Training

/// What TensorBoard's HPARAMS tab shows of a run (messages of `tensorboard/plugins/hparams`).
///
/// There is no `_hparams_/experiment`: TensorBoard would take the one of the run it sees first for all runs in the folder, and
/// hide what others have. Without one it collects hyperparameters and metrics from all runs.
package enum HyperparameterSummary {
  private static let plugin = "hparams"

  /// What the run was started with: every value of the config that decides how it learns.
  ///
  /// - Parameter time: seconds since 1970.
  static func start(_ config: RunConfig, parameters: Int, time: Double) -> TaggedValue {
    var info = ProtobufWriter()
    for (name, value) in values(of: config, parameters: parameters) {
      info.message(1) { entry in
        entry.text(1, name)
        entry.message(2) { write(value, to: &$0) }
      }
    }
    info.double(5, time)
    return summary("session_start_info", field: 3, info)
  }

  /// That the run has come to its end. One that was stopped, or failed, goes on some day: TensorBoard keeps the first end it sees.
  static func success(time: Double) -> TaggedValue {
    var info = ProtobufWriter()
    info.integer(1, 1)
    info.double(2, time)
    return summary("session_end_info", field: 4, info)
  }

  private static func summary(_ name: String, field: Int, _ info: ProtobufWriter) -> TaggedValue {
    var content = ProtobufWriter()
    content.data(field, info.bytes)
    return TaggedValue("_hparams_/" + name, .plugin(name: plugin, content: content.bytes))
  }

  /// `google.protobuf.Value`.
  private static func write(_ value: JSONValue, to message: inout ProtobufWriter) {
    switch value {
    case .bool(let value): message.integer(4, value ? 1 : 0)
    case .integer(let value): message.double(2, Double(value))
    case .number(let value): message.double(2, value)
    case .string(let value): message.text(3, value)
    case .null, .array, .object: message.text(3, value.description)
    }
  }

  /// Names and values in the config's order: `optimizer`, `optimizer.learningRate`, `batchSize`; the layers as one text.
  package static func values(of config: RunConfig, parameters: Int) -> [(name: String, value: JSONValue)] {
    let document = config.resolved
    var values: [(name: String, value: JSONValue)] = [("seed", document["seed"] ?? .null)]
    values += leaves(document["data"] ?? .null, path: "data", tag: "dataset")
    values.append(("layers", .string(layers(document["model"]?["layers"] ?? .null))))
    values.append(("parameters", .integer(parameters)))
    values += leaves(document["training"] ?? .null, path: "", tag: "type")
    // Where the samples lie, and what is reported, decides nothing.
    return values.filter { $0.name != "data.directory" && !$0.name.hasPrefix("metrics") }
  }

  /// Every value that is set, with its path; an object's kind stands for the object.
  private static func leaves(_ value: JSONValue, path: String, tag: String) -> [(name: String, value: JSONValue)] {
    switch value {
    case .null: return []
    case .object(let members):
      return members.flatMap { member -> [(name: String, value: JSONValue)] in
        if member.key == tag { return [(path, member.value)] }
        return leaves(member.value, path: path.isEmpty ? member.key : "\(path).\(member.key)", tag: "type")
      }
    default: return [(path, value)]
    }
  }

  /// `conv2d(32) maxPool2d flatten dense(10)`: kinds, and how many filters or units.
  private static func layers(_ value: JSONValue) -> String {
    guard case .array(let layers) = value else { return "" }
    return layers.map { layer in
      let kind = if case .string(let kind)? = layer["type"] { kind } else { layer.description }
      guard let width = layer["filters"] ?? layer["units"] else { return kind }
      return "\(kind)(\(width))"
    }.joined(separator: " ")
  }
}
