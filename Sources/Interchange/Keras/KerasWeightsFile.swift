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
      for (index, variable) in layer.variables.enumerated() { try add(variable, at: "\(group)/\(index)", to: &writer) }
    }
    if let optimizer { try add(optimizer, to: &writer) }
    return writer.image(extraBytes: 0)
  }

  private static func add(_ optimizer: OptimizerState, to writer: inout HDF5Writer) throws(HDF5Error) {
    let group = "/optimizer/vars"
    try writer.addGroup(group)
    try writer.setAttribute("name", of: group, to: optimizer.name)
    try writer.addDataset("\(group)/0", dimensions: [], values: [Int64(optimizer.iterations)])
    try writer.addDataset("\(group)/1", dimensions: [], values: [optimizer.learningRate])
    for (index, variable) in optimizer.variables.enumerated() {
      try add(variable, at: OptimizerState.path(ofVariable: index), to: &writer)
    }
  }

  private static func add(
    _ tensor: TensorSnapshot, at path: String, to writer: inout HDF5Writer
  ) throws(HDF5Error) {
    try writer.addDataset(path, dimensions: tensor.shape.dimensions, of: Float.self) { target in
      tensor.withValues { values in values.withBytes { target.copyMemory(from: $0) } }
    }
  }
}
