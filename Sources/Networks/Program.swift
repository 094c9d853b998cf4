/// A network's stages in order.
///
/// All workers run the same stages at once. A reference count that each of them went through for every call would be
/// the one cache line they fight for, so the stages are handed out without it: the program itself keeps them alive.
struct Program: Sendable {
  private let stages: [Stage]
  private let references: [Unmanaged<Stage>]

  init(_ stages: [Stage]) {
    self.stages = stages
    references = stages.map(Unmanaged.passUnretained)
  }

  /// Calls `body` with the stage at `index`.
  @inline(__always)
  func withStage(_ index: Int, _ body: (Stage) -> Void) { references[index]._withUnsafeGuaranteedRef(body) }

  /// Calls `body` with every stage, first to last.
  @inline(__always)
  func forEach(_ body: (Stage) -> Void) {
    for index in references.indices { references[index]._withUnsafeGuaranteedRef(body) }
  }

  /// Calls `body` with every stage, last to first.
  @inline(__always)
  func forEachBackwards(_ body: (Stage) -> Void) {
    for index in references.indices.reversed() { references[index]._withUnsafeGuaranteedRef(body) }
  }
}
