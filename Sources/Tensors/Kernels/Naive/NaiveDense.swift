/// The fully connected layer as its equations read: the twin of `ls_dense_kernels`.
///
/// Weights are `[inputs, units]`. Sums are taken in double precision and rounded once, so that a fast kernel can be
/// measured against them.
public enum NaiveDense {
  /// `y[n,u] = bias[u] + Σ over k of x[n,k] · weights[k,u]`.
  public static func forward(
    samples: Int, inputs: Int, units: Int, input: [Float], weights: [Float], bias: [Float]?
  ) -> [Float] {
    var output: [Float] = []
    for n in 0..<samples {
      for u in 0..<units {
        var sum = Double(bias?[u] ?? 0)
        for k in 0..<inputs { sum += Double(input[n * inputs + k]) * Double(weights[k * units + u]) }
        output.append(Float(sum))
      }
    }
    return output
  }

  /// `dweights[k,u] = Σ over n of x[n,k] · dy[n,u]`, and `dbias[u] = Σ over n of dy[n,u]`.
  public static func weightGradient(
    samples: Int, inputs: Int, units: Int, input: [Float], outputGradient: [Float]
  ) -> (weights: [Float], bias: [Float]) {
    var weights: [Float] = []
    for k in 0..<inputs {
      for u in 0..<units {
        var sum = 0.0
        for n in 0..<samples { sum += Double(input[n * inputs + k]) * Double(outputGradient[n * units + u]) }
        weights.append(Float(sum))
      }
    }
    var bias: [Float] = []
    for u in 0..<units {
      var sum = 0.0
      for n in 0..<samples { sum += Double(outputGradient[n * units + u]) }
      bias.append(Float(sum))
    }
    return (weights, bias)
  }

  /// `dx[n,k] = Σ over u of dy[n,u] · weights[k,u]`.
  public static func inputGradient(
    samples: Int, inputs: Int, units: Int, outputGradient: [Float], weights: [Float]
  ) -> [Float] {
    var input: [Float] = []
    for n in 0..<samples {
      for k in 0..<inputs {
        var sum = 0.0
        for u in 0..<units { sum += Double(outputGradient[n * units + u]) * Double(weights[k * units + u]) }
        input.append(Float(sum))
      }
    }
    return input
  }
}
