import Checkpoints
import Tensors
import Testing

/// What the checksum cannot find, because whoever changed the file made a new one. libhdf5 was crashed by some of these files; they are
/// read without it.
@Suite("A changed file under a right checksum is read or refused, and nothing else happens")
struct SealedDamageTests {
  private let image: [UInt8]

  init() throws { image = try Bytes.encode(Fixtures.checkpoint()).dropLast(Trailer.byteCount) }

  /// The message, or nil for a file that was read.
  private func refusal(_ image: [UInt8]) -> String? {
    do throws(CheckpointError.Reason) {
      _ = try CheckpointDecoder.decode(Storage(Seal.sealed(image)))
      return nil
    } catch {
      return CheckpointError(path: "f", reason: error).description
    }
  }

  @Test("Every byte, changed in four ways")
  func everyByte() {
    var (read, refused) = (0, 0)
    for index in image.indices {
      for value in [image[index] ^ (1 << UInt8(index % 8)), 0, 0x7F, 0xFF] where value != image[index] {
        var changed = image
        changed[index] = value
        if let message = refusal(changed) {
          refused += 1
          #expect(message.hasPrefix("f: ") && message.count < 400, "byte \(index): \(message)")
        } else {
          read += 1
        }
      }
    }
    // Values, unused space and times may be anything; places, sizes and types may not.
    #expect(read > 1_000 && refused > 1_000, "\(read) read, \(refused) refused")
  }

  @Test("Every place in the file that is a place of the file, led to every other")
  func everyAddress() {
    for index in stride(from: 0, to: image.count - 8, by: 8) {
      for target in [0, UInt64(index), UInt64(image.count - 1), UInt64(image.count), .max, .max - 1, 1 << 63] {
        var changed = image
        for byte in 0..<8 { changed[index + byte] = UInt8(truncatingIfNeeded: target >> (8 * UInt64(byte))) }
        _ = refusal(changed)
      }
    }
  }

  @Test("Cut at every length")
  func cut() {
    for length in 1..<image.count {
      let message = refusal(Array(image[..<length]))
      #expect(message != nil, "the first \(length) bytes were read as a whole")
    }
  }

  @Test("A tree of groups that leads to itself")
  func circle() throws {
    // Each node of a tree begins so; its first child stands 32 bytes further on.
    var circles = 0
    for index in stride(from: 0, to: image.count - 48, by: 8) where image[index..<index + 4].elementsEqual("TREE".utf8)
    {
      var changed = image
      // A level above the leaves, and a child that is the node itself.
      changed[index + 5] = 1
      for byte in 0..<8 { changed[index + 32 + byte] = UInt8(truncatingIfNeeded: index >> (8 * byte)) }
      // An empty group, Keras's own, is never looked into.
      guard image[index + 6] > 0 else { continue }
      circles += 1
      #expect(refusal(changed)?.contains("node of the level that it should be of") == true)
    }
    #expect(circles > 5)
  }

  @Test("libhdf5 reads the same in a file that nobody changed")
  func twins() throws {
    let storage = Storage(image)
    let plain = try HDF5PlainReader(image: storage.view)
    let checkpoint = Fixtures.checkpoint()
    try HDF5Library.withLock {
      let reader = try HDF5Reader(image: storage.view)
      for path in checkpoint.parameters.map(\.path) + (2...9).map({ "/optimizer/vars/\($0)" }) {
        let twin = try reader.dataset(path, of: Float.self)
        let dataset = try plain.dataset(path, of: Float.self)
        #expect(dataset.dimensions == twin.dimensions, "\(path)")
        #expect(try dataset.readArray() == twin.readArray(), "\(path)")
      }
      let values = "/lockstep/history/values"
      #expect(
        try plain.dataset(values, of: Double.self).readArray() == reader.dataset(values, of: Double.self).readArray())
      let names = "/lockstep/history/columns"
      #expect(try plain.strings(names, largestCount: 100) == reader.strings(names))
      #expect(try plain.text("producer", of: "/lockstep") == reader.text("producer", of: "/lockstep"))
      #expect(
        try plain.attribute("seed", of: "/lockstep", as: UInt64.self)
          == reader.attribute("seed", of: "/lockstep", as: UInt64.self))
    }
    withExtendedLifetime(storage) {}
  }

  @Test("Thousands of tensors, whose names lie in trees of several levels")
  func manyTensors() throws {
    let count = 3_000
    let parameters = (0..<count).map {
      NamedTensor(path: "/layers/dense_\($0)/vars/\($0 % 3)", tensor: Fixtures.tensor([1], start: $0))
    }
    let checkpoint = Checkpoint(
      parameters: parameters,
      optimizer: OptimizerState(
        name: "sgd", iterations: 1, learningRate: 1, variables: (0..<count).map { Fixtures.tensor([1], start: -$0) }),
      run: Fixtures.runState(step: 1))
    #expect(try CheckpointDecoder.decode(CheckpointEncoder.encode(checkpoint)) == checkpoint)
  }
}
