import Tensors

// What checkpoints and exported Keras models have in common.
extension HDF5Writer {
  /// Adds a tensor.
  package mutating func add(_ tensor: TensorSnapshot, at path: String) throws(HDF5Error) {
    try addDataset(path, dimensions: tensor.shape.dimensions, of: Float.self) { target in
      tensor.withValues { values in values.withBytes { target.copyMemory(from: $0) } }
    }
  }

  /// Adds an optimizer's state where Keras looks for it.
  package mutating func add(_ optimizer: OptimizerState) throws(HDF5Error) {
    let group = CheckpointLayout.optimizerVariables
    try addGroup(group)
    try setAttribute(CheckpointLayout.Attribute.name, of: group, to: optimizer.name)
    try addDataset(CheckpointLayout.iteration, dimensions: [], values: [Int64(optimizer.iterations)])
    try addDataset(CheckpointLayout.learningRate, dimensions: [], values: [optimizer.learningRate])
    for (index, variable) in optimizer.variables.enumerated() {
      try add(variable, at: OptimizerState.path(ofVariable: index))
    }
  }
}
