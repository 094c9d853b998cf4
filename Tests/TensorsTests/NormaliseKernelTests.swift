import Tensors
import Testing

/// Bytes become floats exactly as the equation says, on every instruction set alike.
struct NormaliseKernelTests {
  let memory = GuardedMemory()

  @Test(arguments: [1, 2, 3, 4, 5])
  func equalsThePlainLoop(channels: Int) {
    let scale = randomFloats(channels, in: 0..<0.1, lane: 1)
    let offset = randomFloats(channels, lane: 2)
    for count in oddLengths + [256 * channels] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / channels) }
      let expected = NaiveElementwise.normalise(bytes: bytes, scale: scale, offset: offset)
      for kernels in everyKernels {
        let input = memory.hold(bytes)
        let factors = memory.hold(scale)
        let shifts = memory.hold(offset)
        let output = memory.space(count)
        kernels.normalise(bytes: input.readOnly, scale: factors.readOnly, offset: shifts.readOnly, output: output)
        expectSameBits(output.array(), expected, "\(count), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }
}
