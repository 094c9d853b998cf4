import Networks

/// Layers that run as one, and the stages that run them.
struct BenchmarkRow {
  var layer: BenchmarkLayer
  private var layers: Range<Int>
  private var stages: Range<Int>

  /// The rows of a network, in order. Stages of one layer (itself, then its activation) share a row, and so do the layers of one
  /// stage; a layer without a stage (flatten) has a row without work.
  static func all(of network: Network) -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    for (index, stage) in network.stages.enumerated() {
      appendIdle(until: stage.layers.lowerBound, of: network, to: &rows)
      if let last = rows.last, last.layers.overlaps(stage.layers) {
        rows[rows.count - 1].layers = last.layers.lowerBound..<max(last.layers.upperBound, stage.layers.upperBound)
        rows[rows.count - 1].stages = last.stages.lowerBound..<index + 1
      } else {
        rows.append(BenchmarkRow(layers: stage.layers, stages: index..<index + 1))
      }
    }
    appendIdle(until: network.layers.count, of: network, to: &rows)
    for index in rows.indices { rows[index].describe(network) }
    return rows
  }

  /// For each stage its row.
  static func rowOfStage(_ rows: [BenchmarkRow]) -> [Int] {
    rows.enumerated().flatMap { index, row in Array(repeating: index, count: row.stages.count) }
  }

  private init(layers: Range<Int>, stages: Range<Int>) {
    layer = BenchmarkLayer(names: [], forwardFlops: 0, backwardFlops: 0)
    self.layers = layers
    self.stages = stages
  }

  private static func appendIdle(until layer: Int, of network: Network, to rows: inout [BenchmarkRow]) {
    let next = rows.last?.layers.upperBound ?? 0
    let stage = rows.last?.stages.upperBound ?? 0
    guard next < layer else { return }
    for index in next..<layer { rows.append(BenchmarkRow(layers: index..<index + 1, stages: stage..<stage)) }
  }

  private mutating func describe(_ network: Network) {
    layer.names = network.layers[layers].map(\.name)
    layer.forwardFlops = 2 * network.stages[stages].reduce(0) { $0 + $1.multiplyAdds }
    layer.backwardFlops = 2 * network.stages[stages].reduce(0) { $0 + $1.backwardMultiplyAdds }
  }
}
