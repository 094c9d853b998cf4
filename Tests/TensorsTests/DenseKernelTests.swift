import Tensors
import Testing

/// The dense kernels against their naive twin.
@Suite struct DenseKernelTests {
  /// Inputs and units around every width of a vector and of a tile.
  private static let widths = [1, 3, 6, 10, 16, 17, 32, 64, 65, 100]

  @Test("Every width of inputs and units", arguments: KernelTesting.instructionSets)
  func widths(_ instructionSet: InstructionSet) throws {
    for inputs in Self.widths {
      for units in Self.widths {
        try check(instructionSet, DenseCase(samples: 5, inputs: inputs, units: units))
      }
    }
  }

  @Test("Every number of samples, none too", arguments: KernelTesting.instructionSets)
  func samples(_ instructionSet: InstructionSet) throws {
    for samples in [0, 1, 2, 5, 15, 16, 17, 31, 32, 33, 67] {
      try check(instructionSet, DenseCase(samples: samples, inputs: 19, units: 21))
    }
  }

  @Test("Sums longer than one block of the loops", arguments: KernelTesting.instructionSets)
  func longSums(_ instructionSet: InstructionSet) throws {
    try check(instructionSet, DenseCase(samples: 3, inputs: 301, units: 7))
    try check(instructionSet, DenseCase(samples: 3, inputs: 9, units: 555))
  }

  @Test("A sample's bits do not depend on its company", arguments: KernelTesting.instructionSets)
  func independence(_ instructionSet: InstructionSet) throws {
    let runner = try DenseRunner(instructionSet)
    let all = DenseCase(samples: 37, inputs: 150, units: 270)
    let together = runner.forward(all)
    let gradientTogether = runner.inputGradient(all)
    for sample in [0, 5, 16, 35, 36] {
      let alone = all.sample(sample)
      #expect(runner.forward(alone).bits == Array(together[sample * 270..<(sample + 1) * 270]).bits)
      #expect(runner.inputGradient(alone).bits == Array(gradientTogether[sample * 150..<(sample + 1) * 150]).bits)
    }
  }

  @Test("Two calls give the same bits", arguments: KernelTesting.instructionSets)
  func repeatability(_ instructionSet: InstructionSet) throws {
    let runner = try DenseRunner(instructionSet)
    let item = DenseCase(samples: 9, inputs: 130, units: 70)
    #expect(runner.forward(item).bits == runner.forward(item).bits)
    #expect(runner.inputGradient(item).bits == runner.inputGradient(item).bits)
    let (first, second) = (runner.weightGradient(item), runner.weightGradient(item))
    #expect(first.weights.bits == second.weights.bits)
    #expect(first.bias.bits == second.bias.bits)
  }

  @Test("Zeros that lie together are skipped too", arguments: KernelTesting.instructionSets)
  func zerosTogether(_ instructionSet: InstructionSet) throws {
    let runner = try DenseRunner(instructionSet)
    // Black borders of one and of several blocks, in front, in the middle and behind.
    for range in [0..<90, 30..<200, 8..<9, 64..<128, 150..<231, 0..<231] {
      var item = DenseCase(samples: 7, inputs: 231, units: 140)
      item.zeroInputs(0..<7, density: 0.15)
      for n in 0..<7 { for k in range { item.input[n * 231 + k] = 0 } }
      #expect(runner.forward(item).bits == inOrder(item, instructionSet).bits, "zeros in \(range)")
    }
  }

  @Test("Skipping inputs that are zero changes no bit", arguments: KernelTesting.instructionSets)
  func zeros(_ instructionSet: InstructionSet) throws {
    let runner = try DenseRunner(instructionSet)
    // Some have more than one block of inputs whose zeros are looked for together.
    for (samples, inputs, units) in [
      (16, 100, 512), (21, 33, 257), (40, 16, 130), (3, 17, 64), (1, 5, 600), (16, 301, 70), (2, 1100, 65),
    ] {
      for density in [0, 0.02, 0.2, 0.5] as [Float] {
        var item = DenseCase(samples: samples, inputs: inputs, units: units)
        // The last samples keep all inputs, so that both ways run.
        item.zeroInputs(0..<max(1, samples - 6), density: density)
        #expect(runner.forward(item).bits == inOrder(item, instructionSet).bits, "\(item), density \(density)")
        for sample in [0, samples - 1] {
          let alone = runner.forward(item.sample(sample))
          #expect(alone.bits == inOrder(item.sample(sample), instructionSet).bits)
        }
      }
    }
  }

  /// The sum as every instruction set rounds it: the bias, and one product after the other on top.
  private func inOrder(_ item: DenseCase, _ instructionSet: InstructionSet) -> [Float] {
    (0..<item.samples * item.units).map { index in
      let (n, u) = index.quotientAndRemainder(dividingBy: item.units)
      var sum = item.bias?[u] ?? 0
      for k in 0..<item.inputs {
        let (x, weight) = (item.input[n * item.inputs + k], item.weights[k * item.units + u])
        #if arch(arm64)
          sum.addProduct(x, weight)
        #else
          if instructionSet == .portable { sum += x * weight } else { sum.addProduct(x, weight) }
        #endif
      }
      return sum
    }
  }

  @Test(
    "A gradient formed over the minibatch has the bits of the shards' sum", arguments: KernelTesting.instructionSets)
  func deferredGradient(_ instructionSet: InstructionSet) throws {
    let runner = try DenseRunner(instructionSet)
    for (samples, shard) in [(1, 1), (5, 16), (16, 16), (32, 16), (33, 16), (48, 7), (50, 3), (67, 17), (130, 16)] {
      for (inputs, units) in [(1, 1), (7, 130), (50, 17), (31, 64), (26, 100)] {
        for density in [1, 0.3, 0.03] as [Float] {
          var item = DenseCase(samples: samples, inputs: inputs, units: units)
          item.zeroInputs(0..<samples, density: density)
          for rows in [5, inputs] {
            let (found, expected) = runner.deferredGradient(item, shard: shard, rows: rows)
            #expect(found.bits == expected.bits, "\(item) in shards of \(shard), \(rows) rows, density \(density)")
          }
        }
      }
    }
  }

  /// The three kernels of one case against the twin.
  private func check(_ instructionSet: InstructionSet, _ item: DenseCase) throws {
    let runner = try DenseRunner(instructionSet)
    let (samples, inputs, units) = (item.samples, item.inputs, item.units)

    for bias in [item.bias, nil] {
      var biased = item
      biased.bias = bias
      KernelTesting.expectSums(
        runner.forward(biased), terms: inputs + 1, "forward of \(item)",
        exact: NaiveDense.forward(
          samples: samples, inputs: inputs, units: units, input: item.input, weights: item.weights, bias: bias),
        magnitude: NaiveDense.forward(
          samples: samples, inputs: inputs, units: units, input: item.input.magnitudes,
          weights: item.weights.magnitudes, bias: bias?.magnitudes))
    }

    let gradient = runner.weightGradient(item)
    let exact = NaiveDense.weightGradient(
      samples: samples, inputs: inputs, units: units, input: item.input, outputGradient: item.outputGradient)
    let magnitude = NaiveDense.weightGradient(
      samples: samples, inputs: inputs, units: units, input: item.input.magnitudes,
      outputGradient: item.outputGradient.magnitudes)
    KernelTesting.expectSums(
      gradient.weights, terms: samples, "weight gradient of \(item)", exact: exact.weights,
      magnitude: magnitude.weights)
    KernelTesting.expectSums(
      gradient.bias, terms: samples, "bias gradient of \(item)", exact: exact.bias, magnitude: magnitude.bias)

    KernelTesting.expectSums(
      runner.inputGradient(item), terms: units, "input gradient of \(item)",
      exact: NaiveDense.inputGradient(
        samples: samples, inputs: inputs, units: units, outputGradient: item.outputGradient, weights: item.weights),
      magnitude: NaiveDense.inputGradient(
        samples: samples, inputs: inputs, units: units, outputGradient: item.outputGradient.magnitudes,
        weights: item.weights.magnitudes))
  }
}

/// One layer's sizes with numbers to compute on.
struct DenseCase: CustomStringConvertible {
  let samples: Int
  let inputs: Int
  let units: Int
  var input: [Float]
  let weights: [Float]
  var bias: [Float]?
  var outputGradient: [Float]

  init(samples: Int, inputs: Int, units: Int) {
    self.samples = samples
    self.inputs = inputs
    self.units = units
    input = KernelTesting.numbers(samples * inputs, lane: 1)
    weights = KernelTesting.numbers(inputs * units, lane: 2)
    bias = KernelTesting.numbers(units, lane: 3)
    outputGradient = KernelTesting.numbers(samples * units, lane: 4)
  }

  /// The case with one of the samples alone.
  func sample(_ n: Int) -> DenseCase { samples(n..<n + 1) }

  /// The case with some of the samples alone.
  func samples(_ range: Range<Int>) -> DenseCase {
    var part = DenseCase(samples: range.count, inputs: inputs, units: units)
    part.input = Array(input[range.lowerBound * inputs..<range.upperBound * inputs])
    part.outputGradient = Array(outputGradient[range.lowerBound * units..<range.upperBound * units])
    return part
  }

  /// Makes inputs of some samples zero, all but about `density` of them.
  mutating func zeroInputs(_ range: Range<Int>, density: Float) {
    let draws = KernelTesting.numbers(input.count, lane: 5)
    for index in range.lowerBound * inputs..<range.upperBound * inputs where draws[index] > 2 * density - 1 {
      input[index] = 0
    }
  }

  var description: String { "\(samples) samples, \(inputs) inputs, \(units) units" }
}

/// The dense kernels of one instruction set on arrays, with the margins of everything that they write watched.
struct DenseRunner {
  let kernels: Kernels

  init(_ instructionSet: InstructionSet) throws { kernels = try #require(Kernels(instructionSet)) }

  func forward(_ item: DenseCase) -> [Float] {
    let (input, weights, bias) = (
      GuardedFloats(item.input), GuardedFloats(item.weights), item.bias.map(GuardedFloats.init)
    )
    let output = GuardedFloats(count: item.samples * item.units)
    let prepared = prepared(item, weights)
    withExtendedLifetime((input, weights, bias, prepared)) {
      kernels.dense(
        samples: item.samples, inputs: item.inputs, units: item.units, input: input.view, weights: weights.view,
        prepared: prepared.view, bias: bias?.view, output: output.mutableView)
    }
    #expect(output.marginsAreIntact, "forward of \(item)")
    return output.values
  }

  private func prepared(_ item: DenseCase, _ weights: GuardedFloats) -> GuardedFloats {
    let prepared = GuardedFloats(count: kernels.densePrepared(inputs: item.inputs, units: item.units))
    withExtendedLifetime(weights) {
      kernels.prepareDense(
        inputs: item.inputs, units: item.units, weights: weights.view, prepared: prepared.mutableView)
    }
    #expect(prepared.marginsAreIntact, "preparation of \(item)")
    return prepared
  }

  func weightGradient(_ item: DenseCase) -> (weights: [Float], bias: [Float]) {
    let (input, outputGradient) = (GuardedFloats(item.input), GuardedFloats(item.outputGradient))
    let (weights, bias) = (GuardedFloats(count: item.inputs * item.units), GuardedFloats(count: item.units))
    withExtendedLifetime((input, outputGradient)) {
      kernels.denseWeightGradient(
        samples: item.samples, inputs: item.inputs, units: item.units, input: input.view,
        outputGradient: outputGradient.view, weightGradient: weights.mutableView, biasGradient: bias.mutableView)
    }
    #expect(weights.marginsAreIntact && bias.marginsAreIntact, "weight gradient of \(item)")
    return (weights.values, bias.values)
  }

  /// The weight gradient formed over the whole minibatch, some rows at a time, and the tree's sum over the shards'.
  func deferredGradient(_ item: DenseCase, shard: Int, rows count: Int) -> (found: [Float], expected: [Float]) {
    let (inputs, units, capacity) = (item.inputs, item.units, item.samples + 3)
    let kept = GuardedFloats(count: (inputs + units) * capacity)
    var shards: [Float] = []
    for first in stride(from: 0, to: item.samples, by: shard) {
      let samples = first..<min(first + shard, item.samples)
      let part = item.samples(samples)
      let (input, outputGradient) = (GuardedFloats(part.input), GuardedFloats(part.outputGradient))
      withExtendedLifetime((input, outputGradient)) {
        kernels.denseKeep(
          samples: part.samples, inputs: inputs, units: units, input: input.view, outputGradient: outputGradient.view,
          first: first, capacity: capacity, kept: kept.mutableView)
      }
      shards += weightGradient(part).weights
    }
    let (found, expected) = (GuardedFloats(count: inputs * units), GuardedFloats(count: inputs * units))
    for row in stride(from: 0, to: inputs, by: count) {
      let rows = row..<min(row + count, inputs)
      kernels.denseDeferredGradient(
        samples: item.samples, shardSize: shard, inputs: inputs, units: units, capacity: capacity, kept: kept.view,
        rows: rows, gradient: found.mutableView[row * units..<rows.upperBound * units])
    }
    let gradients = Storage(shards)
    withExtendedLifetime(gradients) {
      kernels.treeSum(
        shards: shards.count / (inputs * units), stride: inputs * units, gradients: gradients.view,
        total: expected.mutableView)
    }
    #expect(found.marginsAreIntact && kept.marginsAreIntact, "deferred gradient of \(item)")
    return (found.values, expected.values)
  }

  func inputGradient(_ item: DenseCase) -> [Float] {
    let (weights, outputGradient) = (GuardedFloats(item.weights), GuardedFloats(item.outputGradient))
    let input = GuardedFloats(count: item.samples * item.inputs)
    let prepared = prepared(item, weights)
    withExtendedLifetime((weights, outputGradient, prepared)) {
      kernels.denseInputGradient(
        samples: item.samples, inputs: item.inputs, units: item.units, outputGradient: outputGradient.view,
        weights: weights.view, prepared: prepared.view, inputGradient: input.mutableView)
    }
    #expect(input.marginsAreIntact, "input gradient of \(item)")
    return input.values
  }
}
