import Settings
import Testing

@Suite struct NearestNameTests {
  static let names = [
    "conv2d", "maxPool2d", "averagePool2d", "dense", "flatten", "dropout", "sgd", "adam", "batchSize",
  ]

  static let cases: [(name: String, nearest: String?)] = [
    ("conv2d", "conv2d"), ("Conv2D", "conv2d"), ("conv3d", "conv2d"), ("cnov2d", "conv2d"), ("dens", "dense"),
    ("batch_size", "batchSize"), ("BATCHSIZE", "batchSize"), ("droput", "dropout"), ("adm", "adam"),
    // Contained in one candidate, or in several.
    ("conv", "conv2d"), ("pool2d", nil), ("average", "averagePool2d"),
    // Far from all, or too short to tell.
    ("lstm", nil), ("sg", nil), ("", nil), ("x", nil), ("attention", nil),
  ]

  @Test(arguments: cases)
  func isFound(name: String, nearest: String?) {
    #expect(NearestName.find(name, in: Self.names) == nearest)
  }

  @Test func firstOfEquallyNearWins() {
    #expect(NearestName.find("beta3", in: ["beta1", "beta2"]) == "beta1")
    #expect(NearestName.find("beta2", in: ["beta1", "beta2"]) == "beta2")
  }

  static let distances: [(first: String, second: String, edits: Int)] = [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1),
    ("ab", "ba", 1), ("abcd", "acbd", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("é", "e", 1),
  ]

  @Test(arguments: distances)
  func distanceCountsEdits(first: String, second: String, edits: Int) {
    #expect(NearestName.distance(first, second) == edits)
    #expect(NearestName.distance(second, first) == edits)
  }

  @Test func veryLongNamesCostNothing() {
    #expect(NearestName.find(String(repeating: "a", count: 1_000_000), in: Self.names) == nil)
  }
}
