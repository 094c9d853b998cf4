import Tensors

/// Turns the bytes of a checkpoint's file back into the checkpoint.
///
/// Every tensor is opened by the name that the manifest gives, and its element type, axes and extents are compared with the
/// manifest's before memory is taken for it.
package enum CheckpointDecoder {
  private typealias Layout = CheckpointLayout
  private typealias Reason = CheckpointError.Reason

  /// The checkpoint in `file`, every byte of which is first checked against the trailer.
  package static func decode(_ file: Storage<UInt8>) throws(CheckpointError.Reason) -> Checkpoint {
    let imageByteCount = try Trailer.check(file)
    do {
      return try withExtendedLifetime(file) {
        try decode(HDF5PlainReader(image: file.view[0..<imageByteCount]), imageByteCount)
      }
    } catch let reason as Reason {
      throw reason
    } catch let error as HDF5Error {
      throw .library(error)
    } catch {
      throw .invalid(item: "/", found: "\(error)")
    }
  }

  private static func decode(_ reader: HDF5PlainReader, _ imageByteCount: Int) throws -> Checkpoint {
    guard try reader.hasAttribute(Layout.Attribute.formatVersion, of: Layout.run) else {
      throw Reason.invalid(item: Layout.run, found: "no format version")
    }
    let version = try reader.attribute(Layout.Attribute.formatVersion, of: Layout.run, as: Int64.self)
    guard version <= Checkpoint.formatVersion else {
      throw Reason.newerFormat(found: Int(version), supported: Checkpoint.formatVersion)
    }
    guard version >= 1 else { throw Reason.invalid(item: Layout.Attribute.formatVersion, found: "\(version)") }

    let manifest = try readManifest(reader, largestCount: imageByteCount / MemoryLayout<Float>.size)
    let tensors = try manifest.map { NamedTensor(path: $0.path, tensor: try readTensor($0.path, $0.shape, reader)) }
    let parameters = tensors.prefix { $0.path.hasPrefix("/layers/") }
    let variables = tensors.dropFirst(parameters.count)
    for (index, variable) in variables.enumerated()
    where variable.path != OptimizerState.path(ofVariable: index) {
      throw Reason.invalid(
        item: Layout.manifestPaths,
        found: "\(variable.path) where \(OptimizerState.path(ofVariable: index)) is expected")
    }
    let optimizer = OptimizerState(
      name: try readName(Layout.Attribute.name, of: Layout.optimizerVariables, reader),
      iterations: try count(Layout.iteration, readScalar(Layout.iteration, Int64.self, reader)),
      learningRate: try readScalar(Layout.learningRate, Float.self, reader), variables: variables.map(\.tensor))
    return Checkpoint(parameters: Array(parameters), optimizer: optimizer, run: try readRunState(reader))
  }

  // MARK: Tensors

  /// Path and shape of every tensor, without repetition.
  ///
  /// - Parameter largestCount: as many values as the file can hold: many names for one dataset must not multiply memory.
  private static func readManifest(
    _ reader: HDF5PlainReader, largestCount: Int
  ) throws -> [(path: String, shape: Shape)] {
    // Each has a row in the table of shapes, which is longer than a path must be.
    let rowBytes = Layout.largestRank * MemoryLayout<Int64>.size
    let paths = try reader.strings(
      Layout.manifestPaths, largestCount: largestCount * MemoryLayout<Float>.size / rowBytes)
    let rank = Layout.largestRank
    let table = try reader.dataset(Layout.manifestShapes, of: Int64.self)
    guard table.dimensions == [paths.count, rank] else {
      throw Reason.invalid(item: Layout.manifestShapes, found: "a table of \(table.dimensions)")
    }
    let extents = table.readArray()
    guard Set(paths).count == paths.count else {
      throw Reason.invalid(item: Layout.manifestPaths, found: "a path that occurs twice")
    }
    var room = largestCount
    return try paths.enumerated().map { index, path in
      let isVariable = path.hasPrefix("/optimizer/vars/")
      if let problem = isVariable ? Layout.problem(withAnyPath: path) : Layout.problem(withPath: path) {
        throw Reason.invalid(item: Layout.printable(path), found: problem)
      }
      let row = Array(extents[index * rank..<(index + 1) * rank])
      guard let shape = Layout.shape(of: row) else { throw Reason.invalid(item: path, found: "the shape \(row)") }
      guard shape.count <= room else {
        throw Reason.invalid(item: path, found: "more values up to here than the file has room for")
      }
      room -= shape.count
      return (path, shape)
    }
  }

  private static func readTensor(
    _ path: String, _ shape: Shape, _ reader: HDF5PlainReader
  ) throws -> TensorSnapshot {
    let dataset = try reader.dataset(path, of: Float.self)
    guard dataset.dimensions == shape.dimensions else {
      let found = Shape(validating: dataset.dimensions).map { "\($0)" } ?? "\(dataset.dimensions)"
      throw Reason.invalid(item: path, found: "\(found) where the manifest says \(shape)")
    }
    return TensorSnapshot(shape: shape, storage: dataset.read(), range: 0..<shape.count)
  }

  // MARK: Run state

  private static func readRunState(_ reader: HDF5PlainReader) throws -> RunState {
    let group = Layout.run
    let columns = try readNames(Layout.historyColumns, reader)
    let sumNames = try readNames(Layout.epochSumNames, reader)
    let sums = try readVector(Layout.epochSumValues, Double.self, reader)
    guard sums.count == sumNames.count else {
      throw Reason.invalid(item: Layout.epochSumValues, found: "\(sums.count) values for \(sumNames.count) names")
    }
    let scale = try readVector(Layout.inputScale, Float.self, reader)
    let offset = try readVector(Layout.inputOffset, Float.self, reader)
    guard scale.count == offset.count else {
      throw Reason.invalid(item: Layout.inputOffset, found: "\(offset.count) offsets for \(scale.count) scales")
    }
    guard let config = String(validating: try readVector(Layout.config, UInt8.self, reader), as: UTF8.self) else {
      throw Reason.invalid(item: Layout.config, found: "a text that is not UTF-8")
    }
    return RunState(
      config: config,
      epoch: try readCount(Layout.Attribute.epoch, reader),
      step: try readCount(Layout.Attribute.step, reader),
      batchesDone: try readCount(Layout.Attribute.batchesDone, reader),
      stepsPerEpoch: try readCount(Layout.Attribute.stepsPerEpoch, reader),
      seed: try reader.attribute(Layout.Attribute.seed, of: group, as: UInt64.self),
      history: MetricHistory(columns: columns, rows: try readRows(columns.count, reader)),
      epochSums: zip(sumNames, sums).map { NamedNumber(name: $0, value: $1) },
      score: try reader.hasAttribute(Layout.Attribute.score, of: group)
        ? reader.attribute(Layout.Attribute.score, of: group, as: Double.self) : nil,
      best: try readBest(reader),
      patience: try readCount(Layout.Attribute.patience, reader),
      inputScale: scale, inputOffset: offset,
      dataFingerprint: try readVector(Layout.dataFingerprint, UInt8.self, reader),
      instructionSet: try readName(Layout.Attribute.instructionSet, of: group, reader),
      producer: try readName(Layout.Attribute.producer, of: group, reader))
  }

  private static func readRows(_ columns: Int, _ reader: HDF5PlainReader) throws -> [[Double]] {
    let table = try reader.dataset(Layout.historyValues, of: Double.self)
    // A table without columns holds nothing that could bound its number of rows.
    guard table.dimensions.count == 2, table.dimensions[1] == columns, columns > 0 || table.dimensions[0] == 0 else {
      throw Reason.invalid(item: Layout.historyValues, found: "a table of \(table.dimensions) for \(columns) columns")
    }
    let values = table.readArray()
    return (0..<table.dimensions[0]).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
  }

  private static func readBest(_ reader: HDF5PlainReader) throws -> BestEvaluation? {
    guard try reader.hasAttribute(Layout.Attribute.bestMetric, of: Layout.run) else { return nil }
    return BestEvaluation(
      metric: try readName(Layout.Attribute.bestMetric, of: Layout.run, reader),
      value: try reader.attribute(Layout.Attribute.bestValue, of: Layout.run, as: Double.self),
      step: try readCount(Layout.Attribute.bestStep, reader))
  }

  // MARK: Pieces

  private static func readName(_ name: String, of path: String, _ reader: HDF5PlainReader) throws -> String {
    try checked([reader.text(name, of: path)], "attribute \(name) of \(path)")[0]
  }

  private static func readNames(_ path: String, _ reader: HDF5PlainReader) throws -> [String] {
    try checked(reader.strings(path, largestCount: Layout.mostNames), path)
  }

  private static func checked(_ names: [String], _ item: String) throws -> [String] {
    for name in names {
      if let problem = Layout.problem(withName: name) { throw Reason.invalid(item: item, found: problem) }
    }
    return names
  }

  private static func readCount(_ name: String, _ reader: HDF5PlainReader) throws -> Int {
    try count(name, reader.attribute(name, of: Layout.run, as: Int64.self))
  }

  private static func count(_ item: String, _ value: Int64) throws -> Int {
    if let problem = Layout.problem(withCount: Int(value)) { throw Reason.invalid(item: item, found: problem) }
    return Int(value)
  }

  private static func readScalar<Element: HDF5Element>(
    _ path: String, _ element: Element.Type, _ reader: HDF5PlainReader
  ) throws -> Element {
    let dataset = try reader.dataset(path, of: element)
    guard dataset.dimensions.isEmpty else {
      throw Reason.invalid(item: path, found: "\(dataset.dimensions) where a single value is expected")
    }
    return dataset.readArray()[0]
  }

  private static func readVector<Element: HDF5Element>(
    _ path: String, _ element: Element.Type, _ reader: HDF5PlainReader
  ) throws -> [Element] {
    let dataset = try reader.dataset(path, of: element)
    guard dataset.dimensions.count == 1 else {
      throw Reason.invalid(item: path, found: "\(dataset.dimensions.count) axes where 1 is expected")
    }
    return dataset.readArray()
  }
}
