import Networks
import Tensors

/// Compares the backward pass of a layer with differences of the loss: what everybody does who writes a layer.
///
///     print(try GradientCheck(of: Scale(), input: [5, 4, 3]).run())
///
/// The layer is put between a linear layer, whose gradients tell whether the layer's own gradient of its input is right, and a dense
/// layer with a softmax and its loss. Every parameter p of the three is moved by ±h, and
///
///     (loss(p + h) − loss(p − h)) / 2h
///
/// must be what the backward pass says, within `tolerance` of the tensor's largest gradient. Where h and h / 2 disagree, the function has
/// a kink (a ReLU at 0), and the parameter is left out.
public struct GradientCheck: Sendable {
  /// What may differ, as a share of the largest gradient of a tensor.
  public var tolerance = 0.01
  /// How far a parameter is moved. Smaller is nearer to the derivative, and nearer to the noise of single precision.
  public var distance: Float = 0x1p-7
  /// Most parameters of a tensor that are looked at, spread over it.
  public var mostParameters = 300
  /// Largest share of a tensor's parameters that may lie at kinks.
  public var mostKinks = 0.5

  private let network: Network
  private let seed: UInt64
  private let inputs: Storage<Float>
  private let labels: Storage<Int32>

  /// Prepares a check.
  ///
  /// - Parameters:
  ///   - layer: the layer; its output is flattened.
  ///   - input: shape of one sample: `[values]` or `[height, width, channels]`. Odd and small is best.
  ///   - samples: how many samples, at least 1. More than one tells whether the layer keeps them apart.
  ///   - seed: of the inputs and parameters.
  ///   - kernels: what to compute with; nil for the fastest.
  /// - Throws: `NetworkError` where the layer cannot take this input.
  public init(
    of layer: any Layer, input: Shape, samples: Int = 3, seed: UInt64 = 1, kernels: Kernels? = nil
  ) throws {
    precondition(samples >= 1, "a check without samples")
    let before: any Layer =
      input.rank == 3 ? Conv2D(filters: input[2], kernel: 1) : Dense(units: input.count)
    network = try Network(
      input: input, layers: [before, layer, Flatten(), Dense(units: 3)],
      kernels: try kernels ?? Kernels.selected(environment: [:]))
    self.seed = seed
    var random = RandomStream(seed: seed, purpose: .test)
    inputs = Storage((0..<samples * input.count).map { _ in random.normal() })
    labels = Storage((0..<samples).map { Int32($0 % 3) })
  }

  /// What a check found.
  public struct Report: Sendable, CustomStringConvertible {
    /// Parameters that were compared.
    public var compared = 0
    /// Parameters that lie at a kink.
    public var kinks = 0
    /// Largest difference, as a share of the largest gradient of its tensor.
    public var largestError = 0.0

    /// `67 gradients compared, 0 at kinks; the largest error is 0.02 %`.
    public var description: String {
      let hundredths = Int((largestError * 10_000).rounded(.up))
      let digits = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
      return "\(compared) gradients compared, \(kinks) at kinks; the largest error is \(hundredths / 100).\(digits) %"
    }
  }

  /// Checks all parameters.
  ///
  /// - Throws: `GradientCheckError` for the first that is wrong.
  public func run() throws(GradientCheckError) -> Report {
    let parameters = self.parameters()
    let gradient = Storage<Float>(count: network.parameters.count)
    // What backward does not write is to be seen.
    gradient.mutableView.fill(with: .nan)
    _ = loss(parameters, gradient: gradient)
    var report = Report()
    for entry in network.parameters.entries {
      let step = max(1, entry.range.count / max(1, mostParameters))
      let places = Array(stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: step))
      let differences = places.map {
        (
          wide: slope(at: $0, parameters, -distance...distance),
          near: slope(at: $0, parameters, -distance / 2...distance / 2)
        )
      }
      let scale = differences.map { abs($0.near) }.max() ?? 0
      guard scale > 0 else { throw .nothing(parameter: entry.name) }
      var kinks = 0
      for (place, difference) in zip(places, differences) {
        guard abs(difference.wide - difference.near) <= tolerance * scale else {
          kinks += 1
          continue
        }
        let found = Double(gradient.view[place])
        let error = abs(found - difference.near) / scale
        // What is not a number is no error that is small enough.
        guard error <= tolerance else {
          if hasKink(at: place, parameters, margin: tolerance * scale, between: found) {
            kinks += 1
            continue
          }
          throw .wrong(
            parameter: entry.name, index: place - entry.range.lowerBound, backward: found, difference: difference.near)
        }
        report.compared += 1
        report.largestError = max(report.largestError, error)
      }
      guard Double(kinks) <= mostKinks * Double(places.count) else {
        throw .kinks(parameter: entry.name, kinks: kinks, of: places.count)
      }
      report.kinks += kinks
    }
    return report
  }

  /// All drawn, biases too: what is 0 hides mistakes.
  private func parameters() -> Storage<Float> {
    let parameters = Storage<Float>(count: network.parameters.count)
    for (lane, entry) in network.parameters.entries.enumerated() {
      var random = RandomStream(seed: seed, purpose: .test, lane: lane, index: 1)
      let deviation = entry.spec.name == "bias" ? 0.3 : 1 / Float(max(1, entry.spec.fanIn)).squareRoot()
      for place in entry.range { parameters.mutableView[place] = random.normal() * deviation }
    }
    return parameters
  }

  /// The loss's mean slope where a parameter moves through a range around its value.
  private func slope(at place: Int, _ parameters: Storage<Float>, _ range: ClosedRange<Float>) -> Double {
    let value = parameters.view[place]
    defer { parameters.mutableView[place] = value }
    let (low, high) = (value + range.lowerBound, value + range.upperBound)
    parameters.mutableView[place] = high
    let above = loss(parameters)
    parameters.mutableView[place] = low
    let below = loss(parameters)
    return (above - below) / Double(high - low)
  }

  /// Whether a parameter lies right at a kink, which no two distances tell: its slopes on both sides differ, and the backward pass may
  /// say any number between them.
  private func hasKink(
    at place: Int, _ parameters: Storage<Float>, margin: Double, between found: Double
  ) -> Bool {
    let left = slope(at: place, parameters, -distance...0)
    let right = slope(at: place, parameters, 0...distance)
    guard abs(left - right) > 2 * margin else { return false }
    return found >= min(left, right) - margin && found <= max(left, right) + margin
  }

  /// The sum of the samples' losses, after a pass of training.
  private func loss(_ parameters: Storage<Float>, gradient: Storage<Float>? = nil) -> Double {
    let samples = labels.count
    let gradient = gradient ?? Storage<Float>(count: network.parameters.count)
    let (losses, ranks) = (Storage<Float>(count: samples), Storage<Int32>(count: samples))
    // A workspace knows parameters by the step that made them, and the step keys the random numbers, which must stay the same.
    let workspace = Workspace(for: network, capacity: samples)
    network.train(
      Shard(
        inputs: inputs.view, labels: labels.view, losses: losses.mutableView, ranks: ranks.mutableView, firstSample: 0),
      pass: TrainingPass(seed: seed, step: 1, scale: 1), loss: SoftmaxCrossEntropy(), parameters: parameters.view,
      gradient: gradient.mutableView, workspace: workspace)
    return losses.array().reduce(0) { $0 + Double($1) }
  }
}

/// What is wrong with a layer's backward pass.
public enum GradientCheckError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The backward pass and the differences disagree.
  case wrong(parameter: String, index: Int, backward: Double, difference: Double)
  /// No parameter of a tensor changes the loss, so that nothing was checked: the layer hands nothing on.
  case nothing(parameter: String)
  /// Differences at two distances disagree too often: the forward pass is not continuous, or not the same each time.
  case kinks(parameter: String, kinks: Int, of: Int)

  /// One line.
  public var description: String {
    switch self {
    case .wrong(let parameter, let index, let backward, let difference):
      "\(parameter)[\(index)]: the backward pass says \(Float(backward)), the loss's differences say \(Float(difference))"
    case .nothing(let parameter):
      "\(parameter): no element changes the loss, so its gradient says nothing about the layer"
    case .kinks(let parameter, let kinks, let all):
      "\(parameter): the loss jumps or bends at \(kinks) of \(all) elements; is the forward pass continuous, and always the same?"
    }
  }
}
