import Checkpoints
import Tensors

/// A checkpoint's file. A first byte says what the rest is: 0 the file itself, else changes to a good one.
enum CheckpointTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let kind = input.byte()
    let good = SampleCheckpoint.files[Int(kind) % SampleCheckpoint.files.count]
    var file = good
    if kind == 0 {
      file = input.rest()
    } else {
      file.removeLast(min(file.count, input.short()))
      input.patch(&file)
    }
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    try directory.write(file, to: "step-00000004.weights.h5")
    try Expected.resultOrMessage {
      _ = try CheckpointReader().load(directory.path + "/step-00000004.weights.h5")
      guard file == good || kind == 0 else { throw FuzzFailure("a file that nobody wrote was taken") }
    }
  }
}

/// The HDF5 image of a checkpoint, under a right checksum. A first byte says what the rest is: 0 the image itself, else
/// changes to that of a good one.
enum SealedTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let kind = input.byte()
    var image: [UInt8] = []
    if kind == 0 {
      image = input.rest()
    } else {
      image = SampleCheckpoint.files[Int(kind) % SampleCheckpoint.files.count].dropLast(Trailer.byteCount)
      input.patch(&image)
    }
    guard !image.isEmpty else { return }
    let file = SampleCheckpoint.sealed(image)
    let checkpoint: Checkpoint
    do throws(CheckpointError.Reason) {
      checkpoint = try CheckpointDecoder.decode(file)
    } catch {
      guard !CheckpointError(path: "f", reason: error).description.isEmpty else { throw FuzzFailure("no message") }
      return
    }
    try checkRoundTrip(checkpoint)
  }

  /// What was read can be written, or the writer says why not; and what is written reads as it was.
  private static func checkRoundTrip(_ checkpoint: Checkpoint) throws(FuzzFailure) {
    guard let written = try? CheckpointEncoder.encode(checkpoint) else { return }
    let again: Checkpoint
    do throws(CheckpointError.Reason) {
      again = try CheckpointDecoder.decode(written)
    } catch {
      throw FuzzFailure("what was written cannot be read: \(CheckpointError(path: "f", reason: error))")
    }
    guard again == checkpoint else { throw FuzzFailure("what was written reads as something else") }
  }
}

/// Good checkpoints to begin with.
enum SampleCheckpoint {
  /// Their files.
  static let files: [[UInt8]] = [linear, bare].map { file(of: $0) }

  /// The run of `DirectoryTarget`, after an epoch.
  static let linear: Checkpoint = {
    let shapes: [Shape] = [[4, 2], [2]]
    let tensors = shapes.map { TensorSnapshot(shape: $0, values: (0..<$0.count).map { Float($0) / 8 }) }
    return Checkpoint(
      parameters: tensors.enumerated().map { NamedTensor(path: "/layers/dense/vars/\($0)", tensor: $1) },
      optimizer: OptimizerState(
        name: "adam", iterations: 4, learningRate: 0.001, variables: tensors.flatMap { [$0, $0] }),
      run: RunState(
        config: #"{"name": "linear"}"#, epoch: 1, step: 4, batchesDone: 0, stepsPerEpoch: 4, seed: 7,
        history: MetricHistory(columns: ["trainingLoss", "evaluationLoss"], rows: [[0.5, 0.25]]),
        epochSums: [NamedNumber(name: "samples", value: 0)], score: 0.25,
        best: BestEvaluation(metric: "loss", value: 0.25, step: 4), inputScale: [1 / 255], inputOffset: [0],
        dataFingerprint: Array(0..<32), instructionSet: "portable", producer: "lockstep"))
  }()

  /// Nothing that need not be there.
  private static let bare = Checkpoint(
    parameters: [NamedTensor(path: "/layers/dense/vars/0", tensor: TensorSnapshot(shape: [1], values: [1]))],
    optimizer: OptimizerState(name: "sgd", iterations: 0, learningRate: 1, variables: []),
    run: RunState(config: "", epoch: 0, step: 0, batchesDone: 0, seed: 0, instructionSet: "", producer: ""))

  static func file(of checkpoint: Checkpoint) -> [UInt8] {
    guard let file = try? CheckpointEncoder.encode(checkpoint) else { fatalError("a sample cannot be encoded") }
    return file.array()
  }

  /// An image with a right trailer behind it.
  static func sealed(_ image: [UInt8]) -> Storage<UInt8> {
    let file = Storage<UInt8>(image + [UInt8](repeating: 0, count: Trailer.byteCount))
    Trailer.seal(file)
    return file
  }
}
