import Checkpoints
import Glibc
import Tensors

/// Checkpoints of known content.
enum Fixtures {
  /// A small network after `step` updates: one convolution, one dense layer, an optimizer with some slots a parameter.
  ///
  /// Values are known to Tests/Interoperability/keras_weights.py: parameter i counts up from 1000·i, its slots from 1000·i + 300 and
  /// 1000·i + 600, all divided by 1024.
  static func checkpoint(
    step: Int = 938, score: Double? = nil, optimizer: String = "adam", slots: Int = 2
  ) -> Checkpoint {
    let shapes: [(layer: String, shape: Shape)] = [
      ("conv2d", [3, 3, 1, 4]), ("conv2d", [4]), ("dense", [12, 3]), ("dense", [3]),
    ]
    let parameters = shapes.enumerated().map { index, item in
      NamedTensor(
        path: "/layers/\(item.layer)/vars/\(index % 2)", tensor: tensor(item.shape, start: 1000 * index))
    }
    let variables = shapes.enumerated().flatMap { index, item in
      (1...slots).map { tensor(item.shape, start: 1000 * index + 300 * $0) }
    }
    return Checkpoint(
      parameters: parameters,
      optimizer: OptimizerState(name: optimizer, iterations: step, learningRate: 0.001, variables: variables),
      run: runState(step: step, score: score))
  }

  /// Values `start`, `start` + 1, …, each divided by 1024: exact in single precision.
  static func tensor(_ shape: Shape, start: Int) -> TensorSnapshot {
    TensorSnapshot(shape: shape, values: (0..<shape.count).map { Float(start + $0) / 1024 })
  }

  static func runState(step: Int, score: Double? = nil) -> RunState {
    RunState(
      config: #"{"name": "größe", "seed": 7}"#, epoch: 2, step: step, batchesDone: 17, stepsPerEpoch: 469,
      seed: 0xFEDC_BA98_7654_3210,
      history: MetricHistory(columns: ["loss", "testAccuracy"], rows: [[0.5, 0.975], [0.25, 0.9875]]),
      epochSums: [NamedNumber(name: "loss", value: 12.5), NamedNumber(name: "samples", value: 2176)], score: score,
      best: BestEvaluation(metric: "testAccuracy", value: 0.9875, step: 900), patience: 1,
      inputScale: [1 / 255, 0.5], inputOffset: [-0.5, -0.0],
      dataFingerprint: (0..<32).map { UInt8($0) }, instructionSet: "avx512", producer: "lockstep 0.1.0")
  }
}

/// A directory that goes when the test ends.
final class TemporaryDirectory: Sendable {
  let path: String

  /// - Parameter inMemory: whether no disk need be involved, where the system has such a place.
  init(inMemory: Bool = false) {
    let parent = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/lockstep-checkpoints-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary directory: errno \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    empty()
    rmdir(path)
  }

  /// Removes all files in it.
  func empty() {
    for name in names { unlink("\(path)/\(name)") }
  }

  /// Names in the directory, sorted; hidden ones too.
  var names: [String] { Self.names(in: path) }

  /// Names in any directory, sorted; hidden ones too.
  static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Whole files as arrays.
enum Bytes {
  static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[0..<count]
    }
  }

  static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { fatalError("cannot write \(path): errno \(errno)") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// The file of a checkpoint.
  static func encode(_ checkpoint: Checkpoint) throws -> [UInt8] {
    let file = try CheckpointEncoder.encode(checkpoint)
    return withExtendedLifetime(file) { file.view.array() }
  }
}

/// Trailers with a right checksum over whatever comes before it.
enum Seal {
  /// An HDF5 image as a file of ours.
  static func sealed(_ image: [UInt8]) -> [UInt8] {
    let file = Storage<UInt8>(image + [UInt8](repeating: 0, count: Trailer.byteCount))
    Trailer.seal(file)
    return withExtendedLifetime(file) { file.view.array() }
  }

  /// The same bytes with a right digest at their end.
  static func redigested(_ file: [UInt8]) -> [UInt8] {
    let content = Array(file.dropLast(SHA256.byteCount))
    return content + content.withUnsafeBytes { SHA256.digest(of: $0) }
  }
}
