/// Two-dimensional convolution as its equations read: the twin of `ls_convolution_kernels`.
///
/// Images are `[samples, height, width, channels]`, kernels `[kernel height, kernel width, channels, filters]`. Sums are
/// taken in double precision and rounded once, so that a fast kernel can be measured against them.
public enum NaiveConvolution {
  /// `y[n,i,j,f] = bias[f] + Σ over a, b, c of x[n, i·stride + a − pad, j·stride + b − pad, c] · kernel[a,b,c,f]`,
  /// where what lies outside the image is zero.
  public static func forward(
    _ window: Window2D, samples: Int, input: [Float], kernel: [Float], bias: [Float]?
  ) -> [Float] {
    var output: [Float] = []
    output.reserveCapacity(samples * window.outputCount)
    for n in 0..<samples {
      for i in 0..<window.output.height {
        for j in 0..<window.output.width {
          for f in 0..<window.filters {
            var sum = Double(bias?[f] ?? 0)
            for a in 0..<window.kernel.height {
              for b in 0..<window.kernel.width {
                guard let pixel = window.inputOffset(sample: n, row: i, column: j, a, b) else { continue }
                let weights = window.kernelOffset(a, b) + f
                for c in 0..<window.channels {
                  sum += Double(input[pixel + c]) * Double(kernel[weights + c * window.filters])
                }
              }
            }
            output.append(Float(sum))
          }
        }
      }
    }
    return output
  }

  /// `dk[a,b,c,f] = Σ over n, i, j of x[n, i·stride + a − pad, j·stride + b − pad, c] · dy[n,i,j,f]`, and
  /// `dbias[f] = Σ over n, i, j of dy[n,i,j,f]`.
  public static func weightGradient(
    _ window: Window2D, samples: Int, input: [Float], outputGradient: [Float]
  ) -> (kernel: [Float], bias: [Float]) {
    var kernel = [Double](repeating: 0, count: window.kernelCount)
    var bias = [Double](repeating: 0, count: window.filters)
    for n in 0..<samples {
      for i in 0..<window.output.height {
        for j in 0..<window.output.width {
          let gradient = window.outputOffset(sample: n, row: i, column: j)
          for f in 0..<window.filters { bias[f] += Double(outputGradient[gradient + f]) }
          for a in 0..<window.kernel.height {
            for b in 0..<window.kernel.width {
              guard let pixel = window.inputOffset(sample: n, row: i, column: j, a, b) else { continue }
              let weights = window.kernelOffset(a, b)
              for c in 0..<window.channels {
                for f in 0..<window.filters {
                  kernel[weights + c * window.filters + f] +=
                    Double(input[pixel + c]) * Double(outputGradient[gradient + f])
                }
              }
            }
          }
        }
      }
    }
    return (kernel.map(Float.init), bias.map(Float.init))
  }

  /// `dx[n,row,column,c] = Σ over the windows (i, j) that cover the pixel, at their place (a, b), and over f of
  /// dy[n,i,j,f] · kernel[a,b,c,f]`.
  public static func inputGradient(
    _ window: Window2D, samples: Int, outputGradient: [Float], kernel: [Float]
  ) -> [Float] {
    var input = [Double](repeating: 0, count: samples * window.inputCount)
    for n in 0..<samples {
      for i in 0..<window.output.height {
        for j in 0..<window.output.width {
          let gradient = window.outputOffset(sample: n, row: i, column: j)
          for a in 0..<window.kernel.height {
            for b in 0..<window.kernel.width {
              guard let pixel = window.inputOffset(sample: n, row: i, column: j, a, b) else { continue }
              let weights = window.kernelOffset(a, b)
              for c in 0..<window.channels {
                for f in 0..<window.filters {
                  input[pixel + c] +=
                    Double(outputGradient[gradient + f]) * Double(kernel[weights + c * window.filters + f])
                }
              }
            }
          }
        }
      }
    }
    return input.map(Float.init)
  }
}

extension Window2D {
  /// Where the pixel lies that place (a, b) of the window at (row, column) looks at; nil outside the image.
  fileprivate func inputOffset(sample: Int, row: Int, column: Int, _ a: Int, _ b: Int) -> Int? {
    let y = row * stride.height + a - padBefore.height
    let x = column * stride.width + b - padBefore.width
    guard y >= 0, y < input.height, x >= 0, x < input.width else { return nil }
    return ((sample * input.height + y) * input.width + x) * channels
  }

  fileprivate func outputOffset(sample: Int, row: Int, column: Int) -> Int {
    ((sample * output.height + row) * output.width + column) * filters
  }

  fileprivate func kernelOffset(_ a: Int, _ b: Int) -> Int {
    (a * kernel.width + b) * channels * filters
  }
}
