/// Pooling as plain loops: what `ls_pooling_kernels` compute, bit for bit. Images are NHWC.
public enum NaivePooling {
  /// Calls `body(output index, cells)` for every element of the output, in order; `cells` are the window's cells that lie in the
  /// image, row by row: each one's place in the window and its index in the input.
  private static func forEachWindow(
    _ w: Window2D, samples: Int, _ body: (_ output: Int, _ cells: [(place: Int, input: Int)]) -> Void
  ) {
    var output = 0
    for sample in 0..<samples {
      for i in 0..<w.output.height {
        for j in 0..<w.output.width {
          for c in 0..<w.channels {
            var cells: [(place: Int, input: Int)] = []
            for a in 0..<w.kernel.height {
              for b in 0..<w.kernel.width {
                let row = i * w.stride.height + a - w.padBefore.height
                let column = j * w.stride.width + b - w.padBefore.width
                guard (0..<w.input.height).contains(row), (0..<w.input.width).contains(column) else { continue }
                let pixel = (sample * w.input.height + row) * w.input.width + column
                cells.append((a * w.kernel.width + b, pixel * w.channels + c))
              }
            }
            body(output, cells)
            output += 1
          }
        }
      }
    }
  }

  /// The largest value of each window and its place. The first of equals wins; a NaN wins over numbers, the first NaN over later ones.
  public static func maxPool(
    _ window: Window2D, samples: Int, input: [Float]
  ) -> (output: [Float], winner: [UInt8]) {
    var output = [Float](repeating: 0, count: samples * window.outputCount)
    var winner = [UInt8](repeating: 0, count: output.count)
    forEachWindow(window, samples: samples) { index, cells in
      var best = cells[0]
      for cell in cells.dropFirst() where !input[best.input].isNaN {
        if input[cell.input].isNaN || input[cell.input] > input[best.input] { best = cell }
      }
      output[index] = input[best.input]
      winner[index] = UInt8(best.place)
    }
    return (output, winner)
  }

  /// Adds each output's gradient to the input that won, in the order of the outputs.
  public static func maxPoolGradient(
    _ window: Window2D, samples: Int, outputGradient: [Float], winner: [UInt8]
  ) -> [Float] {
    var inputGradient = [Float](repeating: 0, count: samples * window.inputCount)
    forEachWindow(window, samples: samples) { index, cells in
      for cell in cells where cell.place == Int(winner[index]) { inputGradient[cell.input] += outputGradient[index] }
    }
    return inputGradient
  }

  /// The mean of each window's cells that lie in the image.
  public static func averagePool(_ window: Window2D, samples: Int, input: [Float]) -> [Float] {
    var output = [Float](repeating: 0, count: samples * window.outputCount)
    forEachWindow(window, samples: samples) { index, cells in
      var sum: Float = 0
      for cell in cells { sum += input[cell.input] }
      output[index] = sum / Float(cells.count)
    }
    return output
  }

  /// Adds an equal share of each output's gradient to its window's cells, in the order of the outputs.
  public static func averagePoolGradient(_ window: Window2D, samples: Int, outputGradient: [Float]) -> [Float] {
    var inputGradient = [Float](repeating: 0, count: samples * window.inputCount)
    forEachWindow(window, samples: samples) { index, cells in
      let share = outputGradient[index] / Float(cells.count)
      for cell in cells { inputGradient[cell.input] += share }
    }
    return inputGradient
  }
}
