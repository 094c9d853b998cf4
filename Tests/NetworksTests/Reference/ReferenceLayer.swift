import Networks
import Tensors

/// A layer twice: as the library's value, and as a loop nest in double precision that anyone can check by eye.
struct ReferenceLayer: Sendable {
  /// The library's layer.
  let layer: any Layer
  /// Computes one sample.
  let forward: @Sendable (_ input: Image, _ context: inout Context) -> Image

  /// Values of one sample, channels last. A row of n numbers is 1 × 1 × n.
  struct Image {
    var height: Int
    var width: Int
    var channels: Int
    var values: [Double]

    init(_ height: Int, _ width: Int, _ channels: Int) {
      (self.height, self.width, self.channels) = (height, width, channels)
      values = Array(repeating: 0, count: height * width * channels)
    }

    subscript(row: Int, column: Int, channel: Int) -> Double {
      get { values[(row * width + column) * channels + channel] }
      set { values[(row * width + column) * channels + channel] = newValue }
    }
  }

  /// What a layer reads beside its input.
  struct Context {
    /// The parameters not yet read, tensor by tensor, in the library's order.
    var parameters: ArraySlice<[Double]>
    /// Which side of every kink (relu, maximum) was taken; two runs with equal choices lie on one smooth piece.
    var choices: [Int] = []
    /// Dropout's random numbers; nil in evaluation.
    var random: (seed: UInt64, step: Int, sample: Int)?
    /// Stages so far: the lane of a layer's random numbers.
    var stages = 0
  }
}

// MARK: - Layers with parameters

extension ReferenceLayer {
  static func conv(
    _ filters: Int, _ kernel: (Int, Int), stride: (Int, Int) = (1, 1), same: Bool = false, bias: Bool = true,
    activation: ActivationFunction? = nil
  ) -> ReferenceLayer {
    let layer = Conv2D(
      filters: filters, kernel: .init(height: kernel.0, width: kernel.1),
      stride: .init(height: stride.0, width: stride.1), padding: same ? .same : .valid, useBias: bias,
      activation: activation)
    return ReferenceLayer(layer: layer) { input, context in
      let weights = context.parameters.removeFirst()
      let biases = bias ? context.parameters.removeFirst() : nil
      let rows = Axis(input.height, kernel.0, stride.0, same)
      let columns = Axis(input.width, kernel.1, stride.1, same)
      var output = Image(rows.count, columns.count, filters)
      for i in 0..<rows.count {
        for j in 0..<columns.count {
          for filter in 0..<filters {
            var sum = biases?[filter] ?? 0
            for row in rows.cells(i) {
              for column in columns.cells(j) {
                for channel in 0..<input.channels {
                  let (a, b) = (row - rows.start(i), column - columns.start(j))
                  sum +=
                    input[row, column, channel]
                    * weights[((a * kernel.1 + b) * input.channels + channel) * filters + filter]
                }
              }
            }
            output[i, j, filter] = sum
          }
        }
      }
      return finish(output, activation, &context)
    }
  }

  static func dense(_ units: Int, bias: Bool = true, activation: ActivationFunction? = nil) -> ReferenceLayer {
    ReferenceLayer(layer: Dense(units: units, useBias: bias, activation: activation)) { input, context in
      let weights = context.parameters.removeFirst()
      var output = Image(1, 1, units)
      if bias { output.values = context.parameters.removeFirst() }
      for unit in 0..<units {
        for (index, value) in input.values.enumerated() { output.values[unit] += value * weights[index * units + unit] }
      }
      return finish(output, activation, &context)
    }
  }

  /// Counts the layer's stage and applies its activation, which is one more.
  private static func finish(_ output: Image, _ activation: ActivationFunction?, _ context: inout Context) -> Image {
    context.stages += 1
    return activation.map { apply($0, output, &context) } ?? output
  }
}

// MARK: - Layers without parameters

extension ReferenceLayer {
  static let flatten = ReferenceLayer(layer: Flatten()) { input, _ in
    var output = Image(1, 1, input.values.count)
    output.values = input.values
    return output
  }

  static func activation(_ function: ActivationFunction) -> ReferenceLayer {
    ReferenceLayer(layer: Activation(function)) { input, context in apply(function, input, &context) }
  }

  static func dropout(_ rate: Float) -> ReferenceLayer {
    ReferenceLayer(layer: Dropout(rate: rate)) { input, context in
      defer { context.stages += 1 }
      guard let random = context.random else { return input }
      var stream = RandomStream(
        seed: random.seed, purpose: .dropout, lane: context.stages, index: random.step, sample: random.sample)
      var output = input
      for index in output.values.indices {
        let isKept = Double(stream.next()) >= Double(rate) * 0x1p32
        output.values[index] = isKept ? input.values[index] / (1 - Double(rate)) : 0
      }
      return output
    }
  }

  static func maxPool(_ size: (Int, Int), stride: (Int, Int)? = nil, same: Bool = false) -> ReferenceLayer {
    let layer = MaxPool2D(
      size: .init(height: size.0, width: size.1), stride: stride.map { .init(height: $0.0, width: $0.1) },
      padding: same ? .same : .valid)
    return pool(layer, size, stride ?? size, same) { cells, context in
      guard let winner = cells.indices.max(by: { cells[$0] < cells[$1] }) else { return 0 }
      context.choices.append(winner)
      return cells[winner]
    }
  }

  static func averagePool(_ size: (Int, Int), stride: (Int, Int)? = nil, same: Bool = false) -> ReferenceLayer {
    let layer = AveragePool2D(
      size: .init(height: size.0, width: size.1), stride: stride.map { .init(height: $0.0, width: $0.1) },
      padding: same ? .same : .valid)
    return pool(layer, size, stride ?? size, same) { cells, _ in cells.reduce(0, +) / Double(cells.count) }
  }

  static let globalAveragePool = ReferenceLayer(layer: GlobalAveragePool2D()) { input, context in
    context.stages += 1
    var output = Image(1, 1, input.channels)
    for (index, value) in input.values.enumerated() {
      output.values[index % input.channels] += value / Double(input.height * input.width)
    }
    return output
  }

  private static func pool(
    _ layer: any Layer, _ size: (Int, Int), _ stride: (Int, Int), _ same: Bool,
    _ combine: @escaping @Sendable (_ cells: [Double], _ context: inout Context) -> Double
  ) -> ReferenceLayer {
    ReferenceLayer(layer: layer) { input, context in
      context.stages += 1
      let rows = Axis(input.height, size.0, stride.0, same)
      let columns = Axis(input.width, size.1, stride.1, same)
      var output = Image(rows.count, columns.count, input.channels)
      for i in 0..<rows.count {
        for j in 0..<columns.count {
          for channel in 0..<input.channels {
            let cells = rows.cells(i).flatMap { row in columns.cells(j).map { input[row, $0, channel] } }
            output[i, j, channel] = combine(cells, &context)
          }
        }
      }
      return output
    }
  }

  private static func apply(_ function: ActivationFunction, _ input: Image, _ context: inout Context) -> Image {
    context.stages += 1
    var output = input
    for (index, x) in input.values.enumerated() {
      if function.hasKink { context.choices.append(x > 0 ? 1 : 0) }
      output.values[index] = function.reference(x)
    }
    return output
  }
}

/// Windows along one axis.
private struct Axis {
  let size: Int
  let kernel: Int
  let stride: Int
  let before: Int
  let count: Int

  init(_ size: Int, _ kernel: Int, _ stride: Int, _ same: Bool) {
    (self.size, self.kernel, self.stride) = (size, kernel, stride)
    count = same ? (size + stride - 1) / stride : (size - kernel) / stride + 1
    before = same ? max(0, (count - 1) * stride + kernel - size) / 2 : 0
  }

  /// Where window `index` begins; negative in the border.
  func start(_ index: Int) -> Int { index * stride - before }

  /// The cells of window `index` that lie inside the image.
  func cells(_ index: Int) -> Range<Int> { max(0, start(index))..<min(size, start(index) + kernel) }
}
