import Tensors

extension Checkpoint {
  /// SHA-256 over weights, optimizer state and step: equal for equal training states, whatever the file around them looks like.
  ///
  /// Hashed in this order: the text `lockstep digest 1`; the step; the number of parameters; each parameter, sorted by path: path,
  /// number of axes, extents, values; the optimizer's name, its iteration count, its learning rate; the number of its variables;
  /// each variable, in order: number of axes, extents, values. Texts are preceded by their length in bytes, integers are eight
  /// bytes, values IEEE 754 single precision, all little-endian.
  public func digest() -> [UInt8] {
    var hash = SHA256()
    hash.update("lockstep digest 1")
    hash.update(run.step)
    hash.update(parameters.count)
    for parameter in parameters.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      hash.update(parameter.path)
      Self.update(&hash, with: parameter.tensor)
    }
    hash.update(optimizer.name)
    hash.update(optimizer.iterations)
    Self.update(&hash, with: TensorSnapshot(shape: [], values: [optimizer.learningRate]))
    hash.update(optimizer.variables.count)
    for variable in optimizer.variables { Self.update(&hash, with: variable) }
    return hash.finish()
  }

  private static func update(_ hash: inout SHA256, with tensor: TensorSnapshot) {
    hash.update(tensor.shape.rank)
    for extent in tensor.shape.dimensions { hash.update(extent) }
    tensor.withValues { hash.update($0) }
  }
}
