import Checkpoints
import Tensors
import Testing

@Suite("What is saved comes back bit for bit")
struct RoundTripTests {
  private func roundTrip(_ checkpoint: Checkpoint) throws -> Checkpoint {
    try CheckpointDecoder.decode(CheckpointEncoder.encode(checkpoint))
  }

  @Test("A full checkpoint")
  func fullCheckpoint() throws {
    let checkpoint = Fixtures.checkpoint(score: 0.9875)
    #expect(try roundTrip(checkpoint) == checkpoint)
  }

  @Test("NaN payloads, signed zeros, infinities and subnormals, in single and double precision")
  func specialValues() throws {
    let patterns: [UInt32] = [
      0x0000_0000, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7FC1_2345, 0xFFC0_0001, 0x7F80_0001,
      0x0000_0001, 0x807F_FFFF,
    ]
    var checkpoint = Fixtures.checkpoint()
    let special = TensorSnapshot(shape: [10], values: patterns.map(Float.init(bitPattern:)))
    checkpoint.parameters.append(NamedTensor(path: "/layers/special/vars/0", tensor: special))
    checkpoint.optimizer.variables.append(special)
    checkpoint.optimizer.learningRate = Float(bitPattern: 0x7FC1_2345)
    let doubles: [UInt64] = [0x8000_0000_0000_0000, 0x7FF8_0000_0000_1234, 0xFFF0_0000_0000_0000, 1]
    checkpoint.run.epochSums = doubles.enumerated().map {
      NamedNumber(name: "sum\($0.offset)", value: Double(bitPattern: $0.element))
    }
    checkpoint.run.score = Double(bitPattern: 0x7FF8_0000_0000_1234)
    let back = try roundTrip(checkpoint)
    #expect(back == checkpoint)
    #expect(back.parameters.last?.tensor.array().map(\.bitPattern) == patterns)
    #expect(back.run.epochSums.map(\.value.bitPattern) == doubles)
  }

  @Test("An empty run state, an optimizer without slots, a scalar parameter")
  func smallestState() throws {
    let checkpoint = Checkpoint(
      parameters: [NamedTensor(path: "/layers/scale/vars/0", tensor: TensorSnapshot(shape: [], values: [2]))],
      optimizer: OptimizerState(name: "sgd", iterations: 0, learningRate: 0.1, variables: []),
      run: RunState(
        config: "", epoch: 0, step: 0, batchesDone: 0, seed: 0, instructionSet: "", producer: ""))
    #expect(try roundTrip(checkpoint) == checkpoint)
  }

  @Test("A config of a megabyte and a history of a thousand epochs")
  func largeRunState() throws {
    var checkpoint = Fixtures.checkpoint()
    checkpoint.run.config = String(repeating: "0123456789abcdef", count: 1 << 16)
    checkpoint.run.history = MetricHistory(
      columns: ["loss", "accuracy"], rows: (0..<1000).map { [1 / Double($0 + 1), Double($0)] })
    #expect(try roundTrip(checkpoint) == checkpoint)
  }

  @Test("Parts of one storage are saved as they are named, without a copy each")
  func partsOfOneStorage() throws {
    let vector = Storage<Float>((0..<48).map(Float.init))
    var checkpoint = Fixtures.checkpoint()
    checkpoint.parameters = [
      NamedTensor(path: "/layers/a/vars/0", tensor: TensorSnapshot(shape: [2, 3], storage: vector, range: 0..<6)),
      NamedTensor(path: "/layers/b/vars/0", tensor: TensorSnapshot(shape: [4], storage: vector, range: 16..<20)),
    ]
    let back = try roundTrip(checkpoint)
    #expect(back.parameters.map { $0.tensor.array() } == [[0, 1, 2, 3, 4, 5], [16, 17, 18, 19]])
  }

  @Test("States that no reader would take are not written")
  func invalidStates() throws {
    func cause(_ change: (inout Checkpoint) -> Void) -> WriteError.Cause? {
      var checkpoint = Fixtures.checkpoint()
      change(&checkpoint)
      do throws(WriteError.Cause) {
        _ = try CheckpointEncoder.encode(checkpoint)
        return nil
      } catch {
        return error
      }
    }
    #expect(
      cause { $0.parameters[1].path = $0.parameters[0].path }
        == .invalid(item: "/layers/conv2d/vars/0", found: "two parameters of this path"))
    #expect(
      cause { $0.parameters[0].path = "/optimizer/vars/9" }
        == .invalid(item: "/optimizer/vars/9", found: "a parameter's path begins with /layers/"))
    #expect(
      cause { $0.parameters[0].path = "/layers/../x" }
        == .invalid(item: "/layers/../x", found: "the path has an empty step"))
    #expect(cause { $0.run.step = -1 } == .invalid(item: "step", found: "-1, below 0"))
    #expect(
      cause { $0.run.producer = "a\0b" } == .invalid(item: "the name 'a\0b'", found: "a text with a control character"))
  }
}
