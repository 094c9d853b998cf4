import Tensors

/// Puts layers one behind the other: names, shapes, parameters, and the place of every value in a workspace.
struct NetworkBuilder {
  private let input: Shape
  private let context: PlanContext

  private var shape: Shape
  private var entries: [Network.Entry] = []
  private var specs: [(layer: String, indexInLayer: Int, spec: ParameterSpec, isDeferred: Bool)] = []
  private var drafts: [Draft] = []
  private var classCounts: [String: Int] = [:]
  private var flops = 0
  private var nextLane = 0

  /// The buffer that holds the current activation.
  private var current = Buffer(offset: 0, isBatch: true, isNeededByBackward: true)
  /// The buffer that holds it in evaluation; the first activation goes into buffer 0.
  private var currentInEvaluation = 1
  private var memory = WorkspaceSize()

  private struct Buffer {
    /// First float, for one sample.
    var offset: Int
    var isBatch: Bool
    /// Someone's backward pass reads this buffer as it is now, so nobody may overwrite it.
    var isNeededByBackward: Bool
  }

  /// A stage before it is known which gradients are needed and where its parameters lie.
  private struct Draft {
    var operation: any LayerOperation
    var place: StagePlace
    var parameters: Range<Int>
    var prepared: LayerPlan.Prepared
    var layers: Range<Int>
    var multiplyAdds: Int

    var entry: Network.StageEntry {
      let gradients = (parameters.isEmpty || !place.hasBackward ? 0 : 1) + (place.needsInputGradient ? 1 : 0)
      return Network.StageEntry(
        layers: layers, multiplyAdds: multiplyAdds, backwardMultiplyAdds: gradients * multiplyAdds)
    }
  }

  init(input: Shape, context: PlanContext) {
    self.input = input
    self.context = context
    shape = input
  }

  /// The name that the next layer of this kind gets: the first of a class has no number.
  func name(for layer: any Layer) -> String {
    let base = KerasNaming.snakeCase(type(of: layer).kerasClass)
    let earlier = classCounts[base, default: 0]
    return earlier == 0 ? base : "\(base)_\(earlier)"
  }

  mutating func append(_ layer: any Layer) throws(ShapeError) {
    let input = shape
    let name = name(for: layer)
    let plan = try layer.plan(input: input, context: context)
    appendStage(plan, name: name)
    if let function = layer.activation { appendStage(function.plan(input: shape), name: name) }
    try appendEntry(layer, plan: plan, input: input)
  }

  /// Appends two layers as one stage; returns false, and appends nothing, where they have none together.
  mutating func append(_ layer: any Layer, fusedWith next: any Layer) throws(ShapeError) -> Bool {
    let input = shape
    guard let fused = layer.fused(with: next, input: input, context: context),
      let first = try? layer.plan(input: input, context: context),
      let second = try? next.plan(input: first.output, context: context)
    else { return false }
    appendStage(fused, name: name(for: layer), layers: 2, lanes: layer.activation == nil ? 2 : 3)
    try appendEntry(layer, plan: first, input: input)
    try appendEntry(next, plan: second, input: first.output)
    return true
  }

  private mutating func appendEntry(_ layer: any Layer, plan: LayerPlan, input: Shape) throws(ShapeError) {
    let name = name(for: layer)
    let layerFlops = plan.flops + (layer.activation?.plan(input: plan.output).flops ?? 0)
    let (total, overflow) = flops.addingReportingOverflow(layerFlops)
    guard !overflow else { throw ShapeError("with this layer the network is too large for any machine") }
    flops = total
    classCounts[KerasNaming.snakeCase(type(of: layer).kerasClass), default: 0] += 1
    entries.append(
      Network.Entry(
        name: name, type: type(of: layer).schema.name, kerasClass: type(of: layer).kerasClass,
        activation: layer.activation, input: input, output: plan.output,
        parameterCount: plan.parameters.reduce(0) { $0 + $1.shape.count }, flops: layerFlops,
        exported: try layer.exported(input: input)))
  }

  /// - Parameters:
  ///   - layers: how many layers the stage stands for.
  ///   - lanes: stages that they would be one by one: later layers draw the same random numbers, fused or not.
  private mutating func appendStage(_ plan: LayerPlan, name: String, layers: Int = 1, lanes: Int = 1) {
    guard let operation = plan.operation else {
      precondition(plan.output.count == shape.count, "an alias keeps the number of elements")
      shape = plan.output
      return
    }
    let source = current
    let isInPlace = plan.memory == .inPlaceAllowed && !source.isBatch && !source.isNeededByBackward
    if !isInPlace {
      current = Buffer(offset: memory.activations, isBatch: false, isNeededByBackward: false)
      memory.activations += ParameterLayout.aligned(plan.output.count)
    }
    if plan.backwardReads.contains(.output) { current.isNeededByBackward = true }
    // What a stage keeps may be floats.
    if plan.savedBytes > 0, plan.savedBytes % 4 == 0 { memory.savedBytes = (memory.savedBytes + 3) / 4 * 4 }
    var place = StagePlace(
      index: drafts.count, lane: nextLane, inputCount: shape.count, outputCount: plan.output.count,
      readsBatch: source.isBatch,
      activations: ActivationPlace(input: source.offset, output: current.offset, isInPlace: isInPlace),
      evaluation: evaluationPlace(of: plan, readsBatch: source.isBatch),
      savedOffset: memory.savedBytes, savedBytes: plan.savedBytes)
    nextLane += lanes
    let firstSpec = specs.count
    for (index, spec) in plan.parameters.enumerated() {
      specs.append((name, index, spec, index == 0 && plan.deferred != nil))
    }
    if let deferred = plan.deferred {
      place.deferred = deferred
      place.keptOffset = memory.kept
      memory.kept += ParameterLayout.aligned(deferred.keptCount)
    }
    drafts.append(
      Draft(
        operation: operation, place: place, parameters: firstSpec..<specs.count, prepared: plan.prepared,
        layers: entries.count..<entries.count + layers, multiplyAdds: plan.multiplyAdds))
    memory.savedBytes += plan.savedBytes
    memory.scratch = max(memory.scratch, plan.scratchCount)
    shape = plan.output
  }

  /// In evaluation nobody needs an activation again once the next one is there, so two buffers do.
  private mutating func evaluationPlace(of plan: LayerPlan, readsBatch: Bool) -> ActivationPlace {
    let input = currentInEvaluation
    let isInPlace = plan.memory == .inPlaceAllowed && !readsBatch
    if !isInPlace { currentInEvaluation = 1 - input }
    memory.reserveEvaluation(ParameterLayout.aligned(plan.output.count), in: currentInEvaluation)
    return ActivationPlace(input: input, output: currentInEvaluation, isInPlace: isInPlace)
  }

  /// Settles the backward pass, which ends at the first stage that has parameters: that one needs no gradient of its
  /// input.
  ///
  /// - Throws: `ShapeError` where no layer has parameters.
  consuming func build() throws(ShapeError) -> Network {
    guard let firstTrainable = drafts.firstIndex(where: { !$0.parameters.isEmpty }) else {
      throw ShapeError("no layer has parameters, so there is nothing to train; add a dense or conv2d layer")
    }
    let layout = ParameterLayout(specs)
    for index in drafts.indices[firstTrainable...] {
      drafts[index].place.hasBackward = true
      memory.gradient = max(memory.gradient, drafts[index].place.outputCount)
      drafts[index].place.parameters = ParameterRanges(layout.entries[drafts[index].parameters].map(\.range))
      guard index > firstTrainable else { continue }
      drafts[index].place.needsInputGradient = true
      memory.gradient = max(memory.gradient, drafts[index].place.inputCount)
      drafts[index].place.preparedBackward = memory.reservePrepared(drafts[index].prepared.backward)
    }
    for index in drafts.indices {
      drafts[index].place.preparedForward = memory.reservePrepared(drafts[index].prepared.forward)
    }
    memory.outputOffset = current.offset
    memory.evaluationOutput = currentInEvaluation
    return Network(
      input: input, output: shape, layers: entries, stages: drafts.map(\.entry), parameters: layout,
      kernels: context.kernels, program: Program(drafts.map { stage($0.operation, place: $0.place) }), memory: memory)
  }

  private func stage(_ operation: some LayerOperation, place: StagePlace) -> Stage {
    OperationStage(operation, place: place)
  }
}
