import Networks
import Settings

/// A network's layers, as `inspect` shows them.
public enum NetworkSummary {
  /// A table of layers: name, type, shape of one output sample, parameters, FLOPs of one sample's forward pass.
  public static func table(_ network: Network) -> TextTable {
    var table = TextTable([
      .text("layer"), .text("type", dropped: 1), .text("output shape", dropped: 3), .number("parameters"),
      .number("FLOPs per sample", dropped: 2),
    ])
    for row in rows(network) { table.append(row) }
    table.appendTotal(total(network))
    return table
  }

  /// Cells of the table, one row for the input and one for each layer.
  static func rows(_ network: Network) -> [[String]] {
    [["input", "", network.input.description, "", ""]]
      + network.layers.map { layer in
        [
          layer.name, layer.type, layer.output.description, NumberText.grouped(layer.parameterCount),
          NumberText.grouped(layer.flops),
        ]
      }
  }

  /// Cells of its last row.
  static func total(_ network: Network) -> [String] {
    ["total", "", "", NumberText.grouped(network.parameters.parameterCount), NumberText.grouped(network.flops)]
  }

  /// The same for `--json`: `input`, `layers` (`name`, `type`, `outputShape`, `parameters`, `flops`), `parameters`, `flops`.
  public static func json(_ network: Network) -> JSONValue {
    .object([
      ("input", dimensions(network.input.dimensions)),
      (
        "layers",
        .array(
          network.layers.map { layer in
            .object([
              ("name", .string(layer.name)), ("type", .string(layer.type)),
              ("outputShape", dimensions(layer.output.dimensions)), ("parameters", .integer(layer.parameterCount)),
              ("flops", .integer(layer.flops)),
            ])
          })
      ),
      ("parameters", .integer(network.parameters.parameterCount)),
      ("flops", .integer(network.flops)),
    ])
  }

  private static func dimensions(_ dimensions: [Int]) -> JSONValue { .array(dimensions.map { .integer($0) }) }
}
