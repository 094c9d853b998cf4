import Tensors
import Testing

/// The dense kernels in bfloat16 against the same sums in plain arithmetic, bit for bit.
@Suite(.enabled(if: KernelTesting.bfloat16 != nil, "this processor has no AVX512-BF16"))
struct BFloat16KernelTests {
  /// Inputs and units around every width of a vector and of a tile, odd and even.
  private static let widths = [1, 2, 3, 7, 16, 17, 32, 33, 64, 65, 100]

  @Test("Numbers are rounded to the nearest, ties to even, and denormal ones to zero")
  func rounding() {
    let cases: [(UInt32, UInt32)] = [
      (0x3F80_0000, 0x3F80_0000), (0x3F80_7FFF, 0x3F80_0000), (0x3F80_8000, 0x3F80_0000), (0x3F80_8001, 0x3F81_0000),
      (0x3F81_8000, 0x3F82_0000), (0xBFFF_8000, 0xC000_0000), (0x7F7F_FFFF, 0x7F80_0000), (0x0080_0000, 0x0080_0000),
      (0x007F_FFFF, 0), (0x8000_0001, 0x8000_0000), (0xFF80_0000, 0xFF80_0000),
    ]
    for (bits, expected) in cases {
      #expect(NaiveBFloat16.rounded(Float(bitPattern: bits)).bitPattern == expected)
    }
    #expect(NaiveBFloat16.rounded(.nan).isNaN)
  }

  @Test("Every width of inputs and units")
  func widths() throws {
    for inputs in Self.widths {
      for units in Self.widths { try check(DenseCase(samples: 5, inputs: inputs, units: units)) }
    }
  }

  @Test("Every number of samples, none too")
  func samples() throws {
    for samples in [0, 1, 2, 15, 16, 17, 31, 32, 33, 67] {
      try check(DenseCase(samples: samples, inputs: 19, units: 21))
    }
  }

  @Test("Sums longer than one block of the loops")
  func longSums() throws {
    try check(DenseCase(samples: 3, inputs: 601, units: 70))
    try check(DenseCase(samples: 2, inputs: 9, units: 555))
  }

  @Test("Numbers that are denormal, or become so")
  func denormals() throws {
    var item = DenseCase(samples: 4, inputs: 21, units: 70)
    for index in item.input.indices { item.input[index] *= index % 3 == 0 ? 0x1p-130 : 0x1p-124 }
    item.bias = nil
    try check(item)
  }

  @Test("Skipping inputs that are zero changes no bit")
  func zeros() throws {
    for (samples, inputs, units) in [(16, 100, 512), (21, 33, 257), (3, 71, 64), (1, 5, 600)] {
      for density in [0, 0.02, 0.2, 0.5] as [Float] {
        var item = DenseCase(samples: samples, inputs: inputs, units: units)
        // The last samples keep all inputs, so that both ways run.
        item.zeroInputs(0..<max(1, samples - 6), density: density)
        try check(item)
      }
    }
  }

  @Test("A sample's bits do not depend on its company")
  func independence() throws {
    let runner = try BFloat16Runner()
    let all = DenseCase(samples: 37, inputs: 150, units: 270)
    let (together, gradient) = (runner.forward(all), runner.inputGradient(all))
    for sample in [0, 5, 16, 35, 36] {
      let alone = all.sample(sample)
      #expect(runner.forward(alone).bits == Array(together[sample * 270..<(sample + 1) * 270]).bits)
      #expect(runner.inputGradient(alone).bits == Array(gradient[sample * 150..<(sample + 1) * 150]).bits)
    }
  }

  @Test("A gradient formed over the minibatch has the bits of the shards' sum")
  func deferredGradient() throws {
    let runner = try BFloat16Runner()
    for (samples, shard) in [(1, 1), (5, 16), (33, 16), (48, 7), (50, 3), (130, 16), (80, 37)] {
      for (inputs, units) in [(1, 1), (7, 130), (50, 17), (26, 100)] {
        for density in [1, 0.03] as [Float] {
          var item = DenseCase(samples: samples, inputs: inputs, units: units)
          item.zeroInputs(0..<samples, density: density)
          let (found, expected) = runner.deferredGradient(item, shard: shard)
          #expect(found.bits == expected.bits, "\(item) in shards of \(shard), density \(density)")
        }
      }
    }
  }

  /// The three products of one case against the twin.
  private func check(_ item: DenseCase) throws {
    let runner = try BFloat16Runner()
    let (samples, inputs, units) = (item.samples, item.inputs, item.units)
    let output = matrix(samples, units, terms: inputs) { n, u, k in
      (item.input[n * inputs + k], item.weights[k * units + u])
    }
    let biased = item.bias.map { bias in output.indices.map { output[$0] + bias[$0 % units] } } ?? output
    #expect(runner.forward(item).bits == biased.bits, "forward of \(item)")

    let inputGradient = matrix(samples, inputs, terms: units) { n, k, u in
      (item.outputGradient[n * units + u], item.weights[k * units + u])
    }
    #expect(runner.inputGradient(item).bits == inputGradient.bits, "input gradient of \(item)")

    let weightGradient = matrix(inputs, units, terms: samples) { k, u, n in
      (item.input[n * inputs + k], item.outputGradient[n * units + u])
    }
    let found = runner.weightGradient(item)
    #expect(found.weights.bits == weightGradient.bits, "weight gradient of \(item)")
    #expect(found.bias.bits == (try DenseRunner(.avx512)).weightGradient(item).bias.bits, "bias gradient of \(item)")
  }

  /// `[rows, columns]` sums of `terms` products each; an odd term has a pair of zeros beside it.
  private func matrix(
    _ rows: Int, _ columns: Int, terms: Int, factors: (Int, Int, Int) -> (Float, Float)
  ) -> [Float] {
    (0..<rows * columns).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      return NaiveBFloat16.dot(
        stride(from: 0, to: terms, by: 2).map { term in
          (first: factors(row, column, term), second: term + 1 < terms ? factors(row, column, term + 1) : (0, 0))
        })
    }
  }
}

/// The dense kernels in bfloat16 on arrays, with the margins of everything that they write watched.
private struct BFloat16Runner {
  let kernels: BFloat16Kernels

  init() throws { kernels = try #require(KernelTesting.bfloat16) }

  private func scratch(_ item: DenseCase) -> GuardedFloats {
    GuardedFloats(count: kernels.denseScratch(inputs: item.inputs, units: item.units))
  }

  func forward(_ item: DenseCase) -> [Float] {
    let (input, weights, bias) = (
      GuardedFloats(item.input), GuardedFloats(item.weights), item.bias.map(GuardedFloats.init)
    )
    let prepared = GuardedFloats(count: kernels.densePrepared(inputs: item.inputs, units: item.units))
    let (output, scratch) = (GuardedFloats(count: item.samples * item.units), scratch(item))
    withExtendedLifetime((input, weights, bias)) {
      kernels.prepareDense(
        inputs: item.inputs, units: item.units, weights: weights.view, prepared: prepared.mutableView)
      kernels.dense(
        samples: item.samples, inputs: item.inputs, units: item.units, input: input.view, prepared: prepared.view,
        bias: bias?.view, output: output.mutableView, scratch: scratch.mutableView)
    }
    #expect(
      output.marginsAreIntact && prepared.marginsAreIntact && scratch.marginsAreIntact, "forward of \(item)")
    return output.values
  }

  func inputGradient(_ item: DenseCase) -> [Float] {
    let (weights, outputGradient) = (GuardedFloats(item.weights), GuardedFloats(item.outputGradient))
    let prepared = GuardedFloats(count: kernels.denseInputGradientPrepared(inputs: item.inputs, units: item.units))
    let (input, scratch) = (GuardedFloats(count: item.samples * item.inputs), scratch(item))
    withExtendedLifetime((weights, outputGradient)) {
      kernels.prepareDenseInputGradient(
        inputs: item.inputs, units: item.units, weights: weights.view, prepared: prepared.mutableView)
      kernels.denseInputGradient(
        samples: item.samples, inputs: item.inputs, units: item.units, outputGradient: outputGradient.view,
        prepared: prepared.view, inputGradient: input.mutableView, scratch: scratch.mutableView)
    }
    #expect(
      input.marginsAreIntact && prepared.marginsAreIntact && scratch.marginsAreIntact, "input gradient of \(item)")
    return input.values
  }

  func weightGradient(_ item: DenseCase) -> (weights: [Float], bias: [Float]) {
    let (input, outputGradient) = (GuardedFloats(item.input), GuardedFloats(item.outputGradient))
    let (weights, bias) = (GuardedFloats(count: item.inputs * item.units), GuardedFloats(count: item.units))
    let scratch = scratch(item)
    withExtendedLifetime((input, outputGradient)) {
      kernels.denseWeightGradient(
        samples: item.samples, inputs: item.inputs, units: item.units, input: input.view,
        outputGradient: outputGradient.view, weightGradient: weights.mutableView, biasGradient: bias.mutableView,
        scratch: scratch.mutableView)
    }
    #expect(
      weights.marginsAreIntact && bias.marginsAreIntact && scratch.marginsAreIntact, "weight gradient of \(item)")
    return (weights.values, bias.values)
  }

  /// The weight gradient formed over the whole minibatch, five rows at a time, and the tree's sum over the shards'.
  func deferredGradient(_ item: DenseCase, shard: Int) -> (found: [Float], expected: [Float]) {
    let (inputs, units, capacity) = (item.inputs, item.units, item.samples + 3)
    let kept = GuardedFloats(count: (inputs + units) * capacity)
    var shards: [Float] = []
    for first in stride(from: 0, to: item.samples, by: shard) {
      let part = item.samples(first..<min(first + shard, item.samples))
      let (input, outputGradient) = (GuardedFloats(part.input), GuardedFloats(part.outputGradient))
      withExtendedLifetime((input, outputGradient)) {
        kernels.denseKeep(
          samples: part.samples, inputs: inputs, units: units, input: input.view, outputGradient: outputGradient.view,
          first: first, capacity: capacity, kept: kept.mutableView)
      }
      shards += weightGradient(part).weights
    }
    let (found, expected) = (GuardedFloats(count: inputs * units), Storage<Float>(count: inputs * units))
    for row in stride(from: 0, to: inputs, by: 5) {
      let rows = row..<min(row + 5, inputs)
      kernels.denseDeferredGradient(
        samples: item.samples, shardSize: shard, inputs: inputs, units: units, capacity: capacity, kept: kept.view,
        rows: rows, gradient: found.mutableView[row * units..<rows.upperBound * units])
    }
    let gradients = Storage(shards)
    withExtendedLifetime(gradients) {
      Kernels(.avx512)?.treeSum(
        shards: shards.count / (inputs * units), stride: inputs * units, gradients: gradients.view,
        total: expected.mutableView)
    }
    #expect(found.marginsAreIntact && kept.marginsAreIntact, "deferred gradient of \(item)")
    return (found.values, expected.array())
  }
}
