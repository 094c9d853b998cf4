import Checkpoints
import Networks
import Tensors

/// The HDF5 file in a `.keras` archive: what Keras reads of a checkpoint, with the layers under the names that Keras gives them.
enum KerasWeightsFile {
  /// The file's bytes.
  ///
  /// - Parameter optimizer: its state; nil where the model is not compiled.
  /// - Throws: `HDF5Error`.
  static func bytes(_ layers: [KerasLayer], optimizer: OptimizerState?) throws(HDF5Error) -> Storage<UInt8> {
    var writer = HDF5Writer()
    try writer.addGroup("/vars")
    // Keras counts the layers of each class, whatever they are called.
    var counts: [String: Int] = [:]
    for layer in layers where layer.kerasClass != "InputLayer" {
      let base = KerasNaming.snakeCase(layer.kerasClass)
      let number = counts[base, default: 0]
      counts[base] = number + 1
      let group = "/layers/\(number == 0 ? base : "\(base)_\(number)")/vars"
      try writer.addGroup(group)
      try writer.setAttribute("name", of: group, to: layer.name)
      for (index, variable) in layer.variables.enumerated() {
        try writer.add(variable, at: "\(group)/\(index)")
      }
    }
    if let optimizer { try writer.add(optimizer) }
    return writer.image(extraBytes: 0)
  }
}
