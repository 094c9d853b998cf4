import Tensors
import Testing

/// Output sizes follow Keras: `valid` gives floor((n − k) / s) + 1, `same` gives ceil(n / s) with the odd zero behind.
struct Window2DTests {
  static func window(
    _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Window2D.Padding
  ) -> Window2D? {
    Window2D(
      input: .init(height: size, width: 3), channels: 2, kernel: .init(height: kernel, width: 1),
      stride: .init(height: stride, width: 1), padding: padding, filters: 5)
  }

  @Test func validSizes() {
    for size in 1...12 {
      for kernel in 1...13 {
        for stride in 1...5 {
          // Count by hand the positions at which the window lies inside.
          let positions = Swift.stride(from: 0, to: size, by: stride).count { $0 + kernel <= size }
          let window = Self.window(size, kernel, stride, .valid)
          #expect(window?.output.height == (positions == 0 ? nil : positions), "\(size) \(kernel) \(stride)")
          if let window { #expect(window.output.width == 3) }
        }
      }
    }
  }

  @Test func sameSizes() throws {
    for size in 1...12 {
      for kernel in 1...13 {
        for stride in 1...5 {
          let window = try #require(Self.window(size, kernel, stride, .same))
          #expect(window.output.height == (size + stride - 1) / stride, "\(size) \(kernel) \(stride)")
        }
      }
    }
  }

  /// Where the zeros lie is seen by averaging a single row of numbers, in which padding does not count: the first window's mean
  /// tells how many cells lie before it. Expectations are TensorFlow's rule: total = max((out − 1) s + k − n, 0), half of it,
  /// rounded down, in front.
  @Test func samePaddingLiesBehind() throws {
    for (size, kernel, stride) in [(5, 3, 2), (6, 3, 2), (5, 2, 1), (7, 4, 3), (28, 2, 2), (4, 5, 1), (3, 1, 2)] {
      let window = try #require(
        Window2D(
          input: .init(height: 1, width: size), channels: 1, kernel: .init(height: 1, width: kernel),
          stride: .init(height: 1, width: stride), padding: .same, filters: 1))
      let out = (size + stride - 1) / stride
      let before = max((out - 1) * stride + kernel - size, 0) / 2
      let expected = (0..<out).map { j in
        let cells = (0..<kernel).map { j * stride + $0 - before }.filter { (0..<size).contains($0) }
        return Float(cells.reduce(0, +)) / Float(cells.count)
      }
      #expect(NaivePooling.averagePool(window, samples: 1, input: (0..<size).map(Float.init)) == expected)
    }
  }

  @Test func counts() throws {
    let window = try #require(Self.window(8, 3, 2, .valid))
    #expect(window.inputCount == 8 * 3 * 2)
    #expect(window.outputCount == 3 * 3 * 5)
    #expect(window.kernelCount == 3 * 1 * 2 * 5)
  }
}
