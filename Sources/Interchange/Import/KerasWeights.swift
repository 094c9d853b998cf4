import Checkpoints
import Tensors

/// The weights in a file that Keras 3 wrote with `model.save_weights("….weights.h5")`.
///
/// Such a file has no checksum of ours, and libhdf5 is known to crash on damaged ones: call this in a process that may die
/// (`ConfinedReader`), never in one that has something to lose. Tensors are opened by the names that the network expects; type and
/// shape are compared before memory is taken for them. Optimizer state is not read.
public enum KerasWeights {
  /// Largest file that is read: 16 GiB.
  static let largestFile = 1 << 34

  /// Layers of Keras that have weights, by the names of their groups, so that a file with a layer too many is noticed without a
  /// list of what it holds.
  private static let weightedLayers = [
    "batch_normalization", "bidirectional", "conv1d", "conv1d_transpose", "conv2d", "conv2d_transpose", "conv3d",
    "conv3d_transpose", "dense", "depthwise_conv1d", "depthwise_conv2d", "einsum_dense", "embedding",
    "group_normalization", "gru", "layer_normalization", "lstm", "multi_head_attention", "normalization", "p_re_lu",
    "rms_normalization", "separable_conv1d", "separable_conv2d", "simple_rnn", "spectral_normalization",
    "unit_normalization",
  ]

  /// The values of the tensors in `request`, in its order.
  ///
  /// - Throws: `WeightsError.file`, `.otherNetwork`, `.notFinite`.
  public static func read(_ path: String, _ request: WeightsRequest) throws(WeightsError) -> [Storage<Float>] {
    let image = try bytes(of: path)
    do {
      return try HDF5Library.withLock {
        try withExtendedLifetime(image) { try read(HDF5Reader(image: image.view), path, request) }
      }
    } catch let error as WeightsError {
      throw error
    } catch let error as HDF5Error {
      throw .file(CheckpointError(path: path, reason: .library(error)))
    } catch {
      throw .reader(path: path, reason: "\(error)")
    }
  }

  private static func bytes(of path: String) throws(WeightsError) -> Storage<UInt8> {
    do throws(CheckpointError.Reason) {
      let file = try ReadableFile(path)
      guard file.byteCount > 0 else { throw .empty }
      guard file.byteCount <= largestFile else { throw .tooLarge(bytes: file.byteCount, limit: largestFile) }
      let image = try file.read(0..<file.byteCount)
      let head = withExtendedLifetime(image) { image.view[0..<min(Superblock.byteCount, image.count)].array() }
      guard Superblock.hasSignature(head) else { throw .notHDF5 }
      try Trailer.checkIfSealed(image)
      return image
    } catch {
      throw .file(CheckpointError(path: path, reason: error))
    }
  }

  private static func read(
    _ reader: borrowing HDF5Reader, _ path: String, _ request: WeightsRequest
  ) throws -> [Storage<Float>] {
    // One dataset is open at a time: first all shapes, then all values.
    var found: [(path: String, shape: Shape)] = []
    for tensor in request.tensors where reader.has(tensor.path) {
      let dimensions = try reader.dataset(tensor.path, of: Float.self).dimensions
      guard let shape = Shape(validating: dimensions) else {
        throw WeightsError.otherNetwork(path: path, disagreements: ["\(tensor.path): has the extents \(dimensions)"])
      }
      found.append((tensor.path, shape))
    }
    let disagreements = Disagreement.between(expected: request.tensors, found: found).map(\.description)
    let surplus = surplusTensors(request).filter { reader.has($0) }.map { "\($0): not expected" }
    guard disagreements.isEmpty, surplus.isEmpty else {
      throw WeightsError.otherNetwork(path: path, disagreements: disagreements + surplus)
    }
    return try request.tensors.map { tensor in
      let values = try reader.dataset(tensor.path, of: Float.self).read()
      guard values.array().allSatisfy(\.isFinite) else { throw WeightsError.notFinite(path: path, tensor: tensor.path) }
      return values
    }
  }

  /// Tensors that a file of a larger network of the same kind would have: one more in a layer, one more layer of a class, a layer of
  /// another class.
  private static func surplusTensors(_ request: WeightsRequest) -> [String] {
    var tensorsOf: [String: Int] = [:]
    for tensor in request.tensors {
      let group = tensor.path.split(separator: "/").dropLast().joined(separator: "/")
      tensorsOf["/" + group, default: 0] += 1
    }
    let oneMore = tensorsOf.map { "\($0.key)/\($0.value)" }.sorted()
    let further = weightedLayers.map { layer in
      let numbered = (0...).lazy.map { $0 == 0 ? layer : "\(layer)_\($0)" }
      return numbered.map { "/layers/\($0)/vars" }.first { tensorsOf[$0] == nil } ?? layer
    }
    return oneMore + further.map { $0 + "/0" }
  }
}
