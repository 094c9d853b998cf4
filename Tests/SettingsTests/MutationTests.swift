import Settings
import Testing

/// Whatever a file holds, reading it ends in settings or in a `SettingsError`: never in a trap, a hang or a deep stack.
@Suite struct MutationTests {
  static let valid = """
    {
      "name": "run-1", "seed": 12345,
      "data": { "dataset": "idx", "directory": "Dätä/\\u00e9", "scales": [1e-3, -2.5E+10, 0] },
      "layers": [
        { "type": "conv2d", "filters": 8, "kernel": [3, 5], "padding": "same" },
        { "type": "conv2d", "filters": 16, "kernel": 3 },
        "flatten", { "type": "dense", "units": 10 }
      ],
      "training": {
        "epochs": 2, "batchSize": 64, "clipNorm": null,
        "optimizer": { "type": "sgd", "momentum": 0.9, "nesterov": true }
      }
    }
    """

  /// What is put in the place of bytes: all that means something to the parser or the decoder.
  static let pieces: [[UInt8]] =
    [
      "", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "-", "+", ".", "e", "0", "1e999",
      "9999999999999999999",
      "null", "true", "false", "NaN", "//", "'", " ", "\n", "\t", "type", "epochs", "[[[[", "{\"a\":", "é", "\u{0}",
    ].map { Array($0.utf8) } + [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF]]

  @Test func mutatedTextIsReadOrRefused() throws {
    _ = try Samples.config.decode(json: Self.valid)
    var random = SplitMix64(state: 7)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = Array(Self.valid.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...4, using: &random))
        bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &random) ?? [])
      }
      do throws(SettingsError) {
        let settings = try Samples.config.decode(JSONParser.parse(bytes, file: "f"))
        accepted += 1
        #expect(try Samples.config.decode(settings.resolved).resolved == settings.resolved)
      } catch {
        #expect(!error.message.isEmpty && error.location != nil, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
    // Some mutations change nothing of meaning (spaces, digits); if none or most passed, the loop would test nothing.
    #expect((200...5_000).contains(accepted), "\(accepted)")
  }

  @Test func mutatedTreesAreDecodedOrRefused() throws {
    let tree = try JSONParser.parse(Self.valid, file: "f").value
    var random = SplitMix64(state: 8)
    var trees = RandomTrees(seed: 9)
    var accepted = 0
    for _ in 0..<5_000 {
      let mutant = mutated(tree, random: &random, trees: &trees)
      do throws(SettingsError) {
        _ = try Samples.config.decode(mutant)
        accepted += 1
      } catch {
        #expect(!error.message.isEmpty, "\(mutant)")
      }
    }
    #expect((5...2_500).contains(accepted), "\(accepted)")
  }

  @Test func mutatedOverridesAreAppliedOrRefused() throws {
    let document = try JSONParser.parse(Self.valid, file: "f")
    let valid = Array("training.optimizer.momentum=0.5 layers[1].kernel[0]=[3] data.directory=\"a\"".utf8)
    var random = SplitMix64(state: 10)
    var accepted = 0
    for _ in 0..<5_000 {
      let first = Int.random(in: 0..<valid.count, using: &random)
      var bytes = Array(valid[first...].prefix(Int.random(in: 0...40, using: &random)))
      let place = Int.random(in: 0...bytes.count, using: &random)
      bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
      do throws(SettingsError) {
        let override = try Override(String(decoding: bytes, as: UTF8.self))
        _ = try Samples.config.decode(Samples.config.applying([override], to: document))
        accepted += 1
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
    #expect((1...2_500).contains(accepted), "\(accepted)")
  }

  /// The tree with one random part replaced by a random value, or with one key more, less or renamed.
  private func mutated(_ value: JSONValue, random: inout SplitMix64, trees: inout RandomTrees) -> JSONValue {
    guard Int.random(in: 0..<4, using: &random) > 0 else { return trees.value(depth: 2) }
    switch value {
    case .array(var elements) where !elements.isEmpty:
      let index = Int.random(in: 0..<elements.count, using: &random)
      elements[index] = mutated(elements[index], random: &random, trees: &trees)
      return .array(elements)
    case .object(var members) where !members.isEmpty:
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].key += "x"
      case 2: members.append((key: "extra", value: trees.value(depth: 1)))
      default: members[index].value = mutated(members[index].value, random: &random, trees: &trees)
      }
      return .object(members)
    default:
      return trees.value(depth: 1)
    }
  }
}
