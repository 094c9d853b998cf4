import Networks
import Tensors
import Testing

/// Compares a network's losses and gradients with a reference in double precision.
///
/// The network computes in single precision, so differences of its own losses would be mostly rounding. The checker
/// takes central differences of the reference instead: with a step of 1e-5 their error is about 1e-10, and what is left
/// is the network's own rounding, n · 2⁻²⁴ of the largest terms for a sum of n. It is bounded by `tolerance` of the
/// largest magnitude in the tensor.
///
/// Where the two sides of a difference lie on different sides of a kink (relu, maximum), there is no derivative to
/// compare with; those elements are left out, and few may be.
struct GradientChecker {
  var step = 1e-5
  var tolerance = 2e-5
  /// Largest share of elements that may be left out.
  var mostKinks = 0.05
  /// How the network may calculate; instruction sets that cannot are left out.
  var numerics = Numerics()

  /// Checks every parameter of a network, on every instruction set of this processor.
  ///
  /// - Parameters:
  ///   - input: shape of one sample.
  ///   - layers: the network.
  ///   - loss: what is differentiated: the sum over the samples.
  func check(
    input: Shape, _ layers: [ReferenceLayer], loss: ReferenceLoss = .softmaxCrossEntropy(), samples: Int = 3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var expected: Expected?
    for kernels in Kernels.available where numerics.precision == .float32 || kernels.bfloat16 != nil {
      let set = try TrainingSet(
        input: input, layers: layers.map(\.layer), samples: samples, kernels: kernels, numerics: numerics)
      let reference = try expected ?? differentiate(Reference(set: set, layers: layers, loss: loss), sourceLocation)
      expected = reference
      let result = set.train(loss: loss.loss, seed: Reference.seed, step: Reference.step)
      compare(
        result.losses.map(Double.init), reference.losses, name: "\(kernels.instructionSet): loss",
        sourceLocation: sourceLocation)
      for (entry, derivatives) in zip(set.network.parameters.entries, reference.derivatives) {
        compare(
          entry.range.map { Double(result.gradient[$0]) }, derivatives,
          name: "\(kernels.instructionSet): gradient of \(entry.name)", sourceLocation: sourceLocation)
      }
    }
  }

  /// What the reference says: losses of the samples, and the derivatives tensor by tensor; nil at a kink.
  private struct Expected {
    var losses: [Double]
    var derivatives: [[Double?]]
  }

  private func differentiate(_ reference: Reference, _ sourceLocation: SourceLocation) throws -> Expected {
    let derivatives = reference.tensors.indices.map { tensor in
      reference.tensors[tensor].indices.map { index -> Double? in
        let (low, high) = (reference.run(tensor, index, -step), reference.run(tensor, index, step))
        guard low.choices == high.choices else { return nil }
        return zip(high.losses, low.losses).reduce(0) { $0 + ($1.0 - $1.1) } / (2 * step)
      }
    }
    let all = derivatives.joined()
    #expect(
      Double(all.count { $0 == nil }) <= mostKinks * Double(all.count), "too many kinks to trust the check",
      sourceLocation: sourceLocation)
    return Expected(losses: reference.run().losses, derivatives: derivatives)
  }

  private func compare(
    _ values: [Double], _ expected: [Double?], name: String, sourceLocation: SourceLocation
  ) {
    let scale = expected.compactMap { $0.map(abs) }.max() ?? 0
    #expect(scale > 0, "\(name) is 0 everywhere: this checks nothing", sourceLocation: sourceLocation)
    for (index, (value, wanted)) in zip(values, expected).enumerated() {
      guard let wanted, !(abs(value - wanted) <= tolerance * scale) else { continue }
      Issue.record(
        "\(name)[\(index)] is \(value), the reference gives \(wanted) (largest: \(scale))",
        sourceLocation: sourceLocation)
      return
    }
  }
}

/// The network in double precision.
private struct Reference {
  static let seed: UInt64 = 9
  static let step = 4

  let layers: [ReferenceLayer]
  let loss: ReferenceLoss
  let tensors: [[Double]]
  let images: [ReferenceLayer.Image]
  let labels: [Int]

  init(set: TrainingSet, layers: [ReferenceLayer], loss: ReferenceLoss) {
    self.layers = layers
    self.loss = loss
    tensors = set.network.parameters.entries.map { entry in entry.range.map { Double(set.parameters.view[$0]) } }
    let shape = set.network.input
    let extents = shape.rank == 3 ? (shape[0], shape[1], shape[2]) : (1, 1, shape.count)
    images = (0..<set.samples).map { sample in
      var image = ReferenceLayer.Image(extents.0, extents.1, extents.2)
      image.values = (0..<shape.count).map { Double(set.inputs.view[sample * shape.count + $0]) }
      return image
    }
    labels = set.labels.view.array().map(Int.init)
  }

  /// Losses, and the sides of all kinks, with one parameter changed.
  func run(
    _ tensor: Int = 0, _ index: Int = 0, _ change: Double = 0
  ) -> (losses: [Double], choices: [Int]) {
    var tensors = tensors
    tensors[tensor][index] += change
    var choices: [Int] = []
    let losses = images.indices.map { sample in
      var context = ReferenceLayer.Context(
        parameters: tensors[...], random: (seed: Reference.seed, step: Reference.step, sample: sample))
      let output = layers.reduce(images[sample]) { $1.forward($0, &context) }
      choices += context.choices
      return loss.value(output.values, labels[sample])
    }
    return (losses, choices)
  }
}
