import Tensors
import Testing

/// Dropout equals the scalar generator's, element by element, and backward keeps what forward kept.
struct DropoutKernelTests {
  let memory = GuardedMemory()

  /// Drops elements and expects the backward pass, in place, to make the same of the same numbers.
  private func drop(
    _ kernels: Kernels, rate: Float, stream: RandomStream, input: View<Float>, output: MutableView<Float>
  ) {
    let gradient = memory.hold(input.array())
    let kept = memory.space(Kernels.dropoutBytes(input.count), of: UInt8.self)
    kernels.dropout(rate: rate, stream: stream, input: input, output: output, kept: kept)
    kernels.dropoutBackward(
      rate: rate, kept: kept.readOnly, outputGradient: gradient.readOnly, inputGradient: gradient)
    expectSameBits(gradient.array(), output.array(), "backward, \(input.count), \(kernels.instructionSet)")
  }

  @Test(arguments: [Float(0), 0.1, 0.5, 0.999])
  func equalsThePlainLoop(rate: Float) {
    let stream = RandomStream(seed: 0x1234_5678_9ABC_DEF0, purpose: .dropout, lane: 3, index: 1_000_003, sample: 77)
    for count in oddLengths {
      let values = randomFloats(count)
      let expected = NaiveElementwise.dropout(rate: rate, stream: stream, input: values)
      for kernels in everyKernels {
        let input = memory.hold(values)
        let output = memory.space(count)
        drop(kernels, rate: rate, stream: stream, input: input.readOnly, output: output)
        expectSameNumbers(output.array(), expected, "\(count), \(kernels.instructionSet)")
        drop(kernels, rate: rate, stream: stream, input: input.readOnly, output: input)
        expectSameBits(input.array(), output.array(), "in place, \(count), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  /// An element whose word equals rate · 2³² is kept: the share kept is (2³² − rate · 2³²) / 2³², not one word less.
  @Test func theThresholdItselfIsKept() {
    let stream = RandomStream(seed: 9, purpose: .test)
    var words = stream
    // A word of at most 24 significant bits makes a rate that a Float holds exactly.
    var (place, word) = (0, words.next())
    while word % 256 != 0 || word >= 1 << 31 { (place, word) = (place + 1, words.next()) }
    for kernels in everyKernels {
      let output = memory.space(place + 1)
      let input = memory.hold([Float](repeating: 1, count: place + 1))
      drop(kernels, rate: Float(word) * 0x1p-32, stream: stream, input: input.readOnly, output: output)
      #expect(output[place] > 0, "\(kernels.instructionSet)")
    }
    #expect(memory.isIntact)
  }

  /// The kept share of a million elements is within five standard deviations of 1 − rate, and kept elements are scaled.
  @Test(arguments: [Float(0.1), 0.5, 0.9])
  func keepsTheStatedShare(rate: Float) {
    let count = 1 << 20
    let input = memory.hold([Float](repeating: 1, count: count))
    let output = memory.space(count)
    for kernels in everyKernels {
      drop(
        kernels, rate: rate, stream: RandomStream(seed: 9, purpose: .test), input: input.readOnly, output: output)
      let values = output.array()
      let kept = values.count { $0 != 0 }
      let deviation = (Double(count) * Double(rate) * Double(1 - rate)).squareRoot()
      #expect(abs(Double(kept) - Double(count) * Double(1 - rate)) < 5 * deviation)
      #expect(values.allSatisfy { $0 == 0 || $0 == 1 / (1 - rate) })
    }
    #expect(memory.isIntact)
  }

  @Test func rateZeroIsTheIdentity() {
    let values = randomFloats(100)
    for kernels in everyKernels {
      let output = memory.space(100)
      drop(
        kernels, rate: 0, stream: RandomStream(seed: 9, purpose: .test), input: memory.hold(values).readOnly,
        output: output)
      #expect(output.array() == values)
    }
    #expect(memory.isIntact)
  }

  /// Streams of different samples drop different elements.
  @Test func samplesDiffer() {
    let input = memory.hold([Float](repeating: 1, count: 256))
    for kernels in everyKernels {
      let rows = (0..<4).map { sample in
        let output = memory.space(256)
        let stream = RandomStream(seed: 9, purpose: .dropout, sample: sample)
        drop(kernels, rate: 0.5, stream: stream, input: input.readOnly, output: output)
        return output.array()
      }
      #expect(Set(rows).count == 4)
    }
    #expect(memory.isIntact)
  }
}
