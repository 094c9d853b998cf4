import Tensors

/// Puts layers one behind the other: names, shapes, parameters, and the place of every value in a workspace.
struct NetworkBuilder {
  private let input: Shape
  private let kernels: Kernels

  private var shape: Shape
  private var entries: [Network.Entry] = []
  private var specs: [(layer: String, indexInLayer: Int, spec: ParameterSpec)] = []
  private var drafts: [Draft] = []
  private var classCounts: [String: Int] = [:]

  /// The buffer that holds the current activation. Offsets are in floats for one sample.
  private var current = Buffer(offset: 0, isBatch: true, isNeededByBackward: true)
  private var activationCount = 0
  private var savedBytes = 0
  private var preparedCount = 0
  private var scratchCount = 0

  private struct Buffer {
    var offset: Int
    var isBatch: Bool
    /// Someone's backward pass reads this buffer as it is now, so nobody may overwrite it.
    var isNeededByBackward: Bool
  }

  /// A stage before parameters have their places.
  private struct Draft {
    var make: (StagePlace) -> Stage
    var place: StagePlace
    var parameters: Range<Int>
  }

  init(input: Shape, kernels: Kernels) {
    self.input = input
    self.kernels = kernels
    shape = input
  }

  /// The name that the next layer of this kind gets.
  func name(for layer: any Layer) -> String {
    let base = KerasNaming.snakeCase(type(of: layer).kerasClass)
    let earlier = classCounts[base, default: 0]
    return earlier == 0 ? base : "\(base)_\(earlier)"
  }

  mutating func append(_ layer: some Layer) throws(ShapeError) {
    let plan = try layer.plan(input: shape, kernels: kernels)
    let name = name(for: layer)
    classCounts[KerasNaming.snakeCase(type(of: layer).kerasClass), default: 0] += 1
    let inputShape = shape
    appendStage(layer, plan: plan, name: name)
    var flops = plan.flops
    if let function = layer.activation {
      let stage = Activation(function)
      let plan = try stage.plan(input: shape, kernels: kernels)
      appendStage(stage, plan: plan, name: name)
      flops += plan.flops
    }
    entries.append(
      Network.Entry(
        name: name, type: type(of: layer).schema.name, input: inputShape, output: shape,
        parameterCount: plan.parameters.reduce(0) { $0 + $1.shape.count }, flops: flops))
  }

  private mutating func appendStage<Operation: Layer>(_ layer: Operation, plan: LayerPlan, name: String) {
    let source = current
    let memory = decideMemory(plan)
    if memory == .separate {
      current = Buffer(offset: activationCount, isBatch: false, isNeededByBackward: false)
      activationCount += plan.output.count
    }
    if plan.backwardReads.contains(.output) { current.isNeededByBackward = true }
    let firstSpec = specs.count
    for (index, spec) in plan.parameters.enumerated() { specs.append((name, index, spec)) }
    let place = StagePlace(
      index: drafts.count, inputCount: shape.count, outputCount: plan.output.count,
      inputOffset: source.offset, outputOffset: current.offset, memory: memory, readsBatch: source.isBatch,
      needsInputGradient: true, hasBackward: true, savedOffset: savedBytes, savedBytes: plan.savedBytes,
      preparedOffset: preparedCount, preparedCount: plan.preparedCount, scratchCount: plan.scratchCount,
      parameters: ParameterRanges([]))
    drafts.append(
      Draft(
        make: { LayerStage(layer, place: $0) }, place: place, parameters: firstSpec..<specs.count))
    savedBytes += plan.savedBytes
    preparedCount += ParameterLayout.aligned(plan.preparedCount)
    scratchCount = max(scratchCount, plan.scratchCount)
    shape = plan.output
  }

  private func decideMemory(_ plan: LayerPlan) -> StageMemory {
    switch plan.memory {
    case .alias: .alias
    case .inPlaceAllowed where !current.isBatch && !current.isNeededByBackward: .inPlace
    case .inPlaceAllowed, .separate: .separate
    }
  }

  func build() -> Network {
    let layout = ParameterLayout(specs)
    let firstTrainable = drafts.firstIndex { !$0.parameters.isEmpty } ?? drafts.count
    let stages = drafts.enumerated().map { index, draft in
      var place = draft.place
      place.parameters = ParameterRanges(layout.entries[draft.parameters].map(\.range))
      place.needsInputGradient = index > firstTrainable
      place.hasBackward = index >= firstTrainable
      return draft.make(place)
    }
    let widest = drafts.map { max($0.place.inputCount, $0.place.outputCount) }.max() ?? 0
    let memory = WorkspaceSize(
      activations: activationCount, gradient: widest, savedBytes: savedBytes, prepared: preparedCount,
      scratch: scratchCount)
    return Network(
      input: input, output: shape, layers: entries, parameters: layout, kernels: kernels, stages: stages,
      memory: memory, firstTrainable: firstTrainable)
  }
}
