import Settings
import Tensors
import Testing
import Training

/// Whatever a config says, reading it and planning its network ends in a network or in a `SettingsError`, never in a trap.
@Suite struct ConfigMutationTests {
  @Test func mutantsArePlannedOrRefused() throws {
    let kernels = try #require(Kernels(.portable))
    var mutator = ConfigMutator(seed: 5)
    var outcomes = (refused: 0, unfit: 0, planned: 0)
    for round in 0..<4_000 {
      let name = ConfigFilesTests.names[round % ConfigFilesTests.names.count]
      var document = try RunConfig(file: Repository.path("Configs/\(name).json")).resolved
      for _ in 0...round % 3 { document = mutator.mutated(document) }
      do throws(SettingsError) {
        let config = try RunConfig(text: document.description)
        do throws(SettingsError) {
          _ = try config.makeNetwork(input: config.model.input ?? [28, 28, 1], kernels: kernels)
          outcomes.planned += 1
        } catch {
          outcomes.unfit += 1
        }
      } catch {
        outcomes.refused += 1
      }
    }
    // Each way must be taken often, or the mutants test little of it.
    #expect(outcomes.refused > 200 && outcomes.unfit > 20 && outcomes.planned > 200, "\(outcomes)")
  }
}

/// Changes one thing in a config: a value, a key more, less or renamed, an element more or less.
struct ConfigMutator {
  private var random: RandomBits

  init(seed: UInt64) { random = RandomBits(state: seed) }

  private static let numbers: [JSONValue] = [
    0, 1, 2, 3.0, 7, 28, 1024, 65_537, 1_000_000, .integer(.max), -1, 0.5, 2.5, 0.9999999999999999, 1e-300, 1e300,
  ]
  private static let values: [JSONValue] = [
    .null, true, 3, 2.5, "relu", "adam", "constant", "digits", "", "a b", "a\n", "../x", [], [3], [3, 3], [3, 0],
    ["accuracy"], [:], ["type": "flatten"], ["type": "dense", "units": 3], ["type": "topKAccuracy"],
  ]

  mutating func mutated(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(var elements) where !elements.isEmpty:
      let index = Int.random(in: 0..<elements.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: elements.remove(at: index)
      case 1: elements.insert(elements.randomElement(using: &random) ?? .null, at: index)
      default: elements[index] = mutated(elements[index])
      }
      return .array(elements)
    case .object(var members) where !members.isEmpty:
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].key += "x"
      case 2: members[index].value = Self.values.randomElement(using: &random) ?? .null
      default: members[index].value = mutated(members[index].value)
      }
      return .object(members)
    case .integer, .number:
      return Self.numbers.randomElement(using: &random) ?? .null
    default:
      return Self.values.randomElement(using: &random) ?? .null
    }
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014); the system's one has none.
struct RandomBits: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
