import Tensors
import Testing

/// Pooling gives exactly what the plain loops give, writes its outputs and nothing else, and shows faults.
struct PoolingKernelTests {
  let memory = GuardedMemory()

  struct Geometry: CustomTestStringConvertible {
    let window: Window2D
    var testDescription: String {
      "\(window.input.height)x\(window.input.width)x\(window.channels) by \(window.kernel.height)x\(window.kernel.width)"
        + " stride \(window.stride.height)x\(window.stride.width) \(window.padding)"
    }
  }

  /// Square and odd windows, with gaps, side by side and overlapping, with and without padding; images with a row or column over.
  static let geometries: [Geometry] = {
    var all: [Geometry] = []
    let extents = { (height: Int, width: Int) in Window2D.Extent(height: height, width: width) }
    for input in [extents(1, 1), extents(4, 4), extents(5, 7), extents(6, 5)] {
      for kernel in [extents(1, 1), extents(2, 2), extents(3, 3), extents(2, 3), extents(5, 4)] {
        for stride in [extents(1, 1), extents(2, 2), extents(3, 1)] {
          for padding in Window2D.Padding.allCases {
            // The channel counts take turns, so that every geometry meets some and every count meets many geometries.
            for channels in [[1, 16], [3, 17], [4, 33], [8, 15], [9, 48]][all.count / 2 % 5] {
              guard
                let window = Window2D(
                  input: input, channels: channels, kernel: kernel, stride: stride, padding: padding, filters: channels)
              else { continue }
              all.append(Geometry(window: window))
            }
          }
        }
      }
    }
    return all
  }()

  /// Few different values, so that many windows have several equal maxima, zeros of both signs among them.
  static func tiedFloats(_ count: Int) -> [Float] {
    randomFloats(count, in: -2..<2).map { ($0 * 2).rounded(.towardZero) / 2 }
  }

  @Test(arguments: geometries)
  func maximumEqualsThePlainLoops(geometry: Geometry) {
    let window = geometry.window
    for samples in [0, 1, 3] {
      let input = memory.hold(Self.tiedFloats(samples * window.inputCount))
      let expected = NaivePooling.maxPool(window, samples: samples, input: input.array())
      let gradient = memory.hold(randomFloats(samples * window.outputCount, lane: 1))
      let expectedGradient = NaivePooling.maxPoolGradient(
        window, samples: samples, outputGradient: gradient.array(), winner: expected.winner)
      for kernels in everyKernels {
        let output = memory.space(samples * window.outputCount)
        let winner = memory.space(samples * window.outputCount, of: UInt8.self)
        let inputGradient = memory.space(samples * window.inputCount)
        kernels.maxPool(
          window, samples: samples, input: input.readOnly, output: output, winner: winner)
        kernels.maxPoolGradient(
          window, samples: samples, outputGradient: gradient.readOnly, winner: winner.readOnly,
          inputGradient: inputGradient)
        expectSameBits(output.array(), expected.output, "\(kernels.instructionSet)")
        #expect(winner.array() == expected.winner, "\(kernels.instructionSet)")
        expectSameNumbers(inputGradient.array(), expectedGradient, "\(kernels.instructionSet)")

        let alone = memory.space(samples * window.outputCount)
        kernels.maxPool(window, samples: samples, input: input.readOnly, output: alone, winner: nil)
        expectSameBits(alone.array(), expected.output, "without winners, \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  @Test(arguments: geometries)
  func averageEqualsThePlainLoops(geometry: Geometry) {
    let window = geometry.window
    for samples in [0, 1, 3] {
      let input = memory.hold(randomFloats(samples * window.inputCount))
      let gradient = memory.hold(randomFloats(samples * window.outputCount, lane: 1))
      let expected = NaivePooling.averagePool(window, samples: samples, input: input.array())
      let expectedGradient = NaivePooling.averagePoolGradient(
        window, samples: samples, outputGradient: gradient.array())
      for kernels in everyKernels {
        let output = memory.space(samples * window.outputCount)
        let inputGradient = memory.space(samples * window.inputCount)
        kernels.averagePool(window, samples: samples, input: input.readOnly, output: output)
        kernels.averagePoolGradient(
          window, samples: samples, outputGradient: gradient.readOnly, inputGradient: inputGradient)
        expectSameBits(output.array(), expected, "\(kernels.instructionSet)")
        expectSameNumbers(inputGradient.array(), expectedGradient, "\(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  /// The place of the last cell of the largest window, 255, fits the winner's byte.
  @Test func largestWindow() throws {
    let extent = Window2D.Extent(height: 16, width: 16)
    for channels in [1, 16, 20] {
      let window = try #require(
        Window2D(
          input: extent, channels: channels, kernel: extent, stride: extent, padding: .valid, filters: channels))
      var values = [Float](repeating: -1, count: window.inputCount)
      for c in 0..<channels { values[255 * channels + c] = 1 }
      let input = memory.hold(values)
      let gradient = memory.hold([Float](repeating: 3, count: channels))
      for kernels in everyKernels {
        let output = memory.space(channels)
        let winner = memory.space(channels, of: UInt8.self)
        let inputGradient = memory.space(window.inputCount)
        kernels.maxPool(
          window, samples: 1, input: input.readOnly, output: output, winner: winner)
        kernels.maxPoolGradient(
          window, samples: 1, outputGradient: gradient.readOnly, winner: winner.readOnly,
          inputGradient: inputGradient)
        #expect(output.array() == [Float](repeating: 1, count: channels))
        #expect(winner.array() == [UInt8](repeating: 255, count: channels))
        #expect(inputGradient.array() == values.map { $0 == 1 ? 3 : 0 })
      }
    }
    #expect(memory.isIntact)
  }

  /// A window of four cells, in all 5⁴ mixtures of numbers, infinity and NaN: the first NaN wins, else the first largest.
  @Test func notANumberWins() throws {
    let values: [Float] = [-.infinity, -1, 2, .infinity, .nan]
    let mixtures = (0..<625).map { code in [1, 5, 25, 125].map { values[code / $0 % 5] } }
    let pair = Window2D.Extent(height: 2, width: 2)
    let window = try #require(
      Window2D(input: pair, channels: 625, kernel: pair, stride: pair, padding: .valid, filters: 625))
    let input = memory.hold((0..<4).flatMap { cell in mixtures.map { $0[cell] } })
    // The same cells as a window of 4 by 1, which takes the general path.
    let column = try #require(
      Window2D(
        input: .init(height: 4, width: 1), channels: 625, kernel: .init(height: 4, width: 1), stride: pair,
        padding: .valid, filters: 625))
    for kernels in everyKernels {
      for window in [window, column] {
        let output = memory.space(625)
        let winner = memory.space(625, of: UInt8.self)
        kernels.maxPool(
          window, samples: 1, input: input.readOnly, output: output, winner: winner)
        for (i, mixture) in mixtures.enumerated() {
          let best = mixture.firstIndex(where: \.isNaN) ?? mixture.firstIndex(of: mixture.max() ?? 0) ?? 0
          #expect(Int(winner[i]) == best, "\(mixture) \(kernels.instructionSet)")
          expectSameBits([output[i]], [mixture[best]], "\(mixture) \(kernels.instructionSet)")
        }
      }
    }
    #expect(memory.isIntact)
  }

  /// A sample's values do not depend on the samples beside it.
  @Test func samplesAreIndependent() throws {
    let window = try #require(
      Window2D(
        input: .init(height: 7, width: 7), channels: 19, kernel: .init(height: 3, width: 3),
        stride: .init(height: 2, width: 2), padding: .same, filters: 19))
    let input = memory.hold(randomFloats(4 * window.inputCount))
    for kernels in everyKernels {
      let together = memory.space(4 * window.outputCount)
      kernels.averagePool(window, samples: 4, input: input.readOnly, output: together)
      for sample in 0..<4 {
        let alone = memory.space(window.outputCount)
        let part = input.readOnly[sample * window.inputCount..<(sample + 1) * window.inputCount]
        kernels.averagePool(window, samples: 1, input: part, output: alone)
        let place = sample * window.outputCount..<(sample + 1) * window.outputCount
        expectSameBits(alone.array(), together[place].array())
      }
    }
    #expect(memory.isIntact)
  }
}
