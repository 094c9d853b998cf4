import Checkpoints
import Tensors
import Testing

@Suite("The digest names a training state")
struct DigestTests {
  private let digest = Fixtures.checkpoint().digest()

  @Test("It follows the documented order of bytes")
  func definition() {
    let checkpoint = Checkpoint(
      parameters: [
        NamedTensor(path: "/layers/b/vars/0", tensor: TensorSnapshot(shape: [2], values: [1, 2])),
        NamedTensor(path: "/layers/a/vars/0", tensor: TensorSnapshot(shape: [], values: [-0.0])),
      ],
      optimizer: OptimizerState(
        name: "sgd", iterations: 5, learningRate: 0.5, variables: [TensorSnapshot(shape: [1, 1], values: [3])]),
      run: Fixtures.runState(step: 6))
    func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func text(_ value: String) -> [UInt8] { number(value.utf8.count) + Array(value.utf8) }
    func float(_ value: Float) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    let a = text("/layers/a/vars/0") + number(0) + float(-0.0)
    let b = text("/layers/b/vars/0") + number(1) + number(2) + float(1) + float(2)
    let variable = number(2) + number(1) + number(1) + float(3)
    let rate = number(0) + float(0.5)
    let message =
      text("lockstep digest 1") + number(6) + number(2) + a + b + text("sgd") + number(5) + rate + number(1) + variable
    #expect(checkpoint.digest() == message.withUnsafeBytes { SHA256.digest(of: $0) })
  }

  @Test("It does not depend on the order of parameters, the file, or what is only bookkeeping")
  func invariance() throws {
    var other = Fixtures.checkpoint()
    other.parameters.reverse()
    other.run.producer = "lockstep 9"
    other.run.instructionSet = "portable"
    other.run.epochSums = []
    #expect(other.digest() == digest)
    #expect(try CheckpointDecoder.decode(CheckpointEncoder.encode(other)).digest() == digest)
  }

  @Test("It changes with every part of the state")
  func sensitivity() {
    func changed(_ change: (inout Checkpoint) -> Void) -> [UInt8] {
      var checkpoint = Fixtures.checkpoint()
      change(&checkpoint)
      return checkpoint.digest()
    }
    let digests = [
      digest,
      changed { $0.run.step += 1 },
      changed { $0.parameters[0].path = "/layers/conv2d_1/vars/0" },
      changed { $0.parameters[1].tensor = TensorSnapshot(shape: [2, 2], values: $0.parameters[1].tensor.array()) },
      changed { $0.parameters[3].tensor = Fixtures.tensor([3], start: 7) },
      changed { $0.optimizer.name = "adam_w" },
      changed { $0.optimizer.iterations += 1 },
      changed { $0.optimizer.learningRate = 0.002 },
      changed { $0.optimizer.variables.swapAt(2, 3) },
      changed { $0.optimizer.variables.removeLast() },
    ]
    #expect(Set(digests).count == digests.count)
  }
}
