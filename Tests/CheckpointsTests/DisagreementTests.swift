import Checkpoints
import Tensors
import Testing

@Suite("A checkpoint of another network or optimizer: every difference is listed")
struct DisagreementTests {
  private let checkpoint = Fixtures.checkpoint()
  private let expected: [(path: String, shape: Shape)] = [
    ("/layers/conv2d/vars/0", [3, 3, 1, 4]), ("/layers/conv2d/vars/1", [4]),
    ("/layers/dense/vars/0", [12, 3]), ("/layers/dense/vars/1", [3]),
  ]
  private let variables: [Shape] = [[3, 3, 1, 4], [3, 3, 1, 4], [4], [4], [12, 3], [12, 3], [3], [3]]

  @Test("None where it fits")
  func fits() {
    #expect(checkpoint.disagreements(with: expected, optimizer: ("adam", variables)).isEmpty)
    #expect(checkpoint.disagreements(with: expected, optimizer: nil).isEmpty)
    #expect(checkpoint.disagreements(with: expected.reversed(), optimizer: ("adam", variables)).isEmpty)
  }

  @Test("Missing, misshaped and unexpected tensors, and another optimizer, at once")
  func everything() {
    let other: [(path: String, shape: Shape)] = [
      ("/layers/conv2d/vars/0", [5, 5, 1, 4]), ("/layers/conv2d/vars/1", [4]),
      ("/layers/conv2d_1/vars/0", [3, 3, 4, 8]), ("/layers/dense/vars/0", [12, 3]),
    ]
    let found = checkpoint.disagreements(with: other, optimizer: ("sgd", []))
    #expect(
      found.map(\.description) == [
        "/layers/conv2d/vars/0: expected 5 × 5 × 1 × 4, found 3 × 3 × 1 × 4",
        "/layers/conv2d_1/vars/0: missing, expected 3 × 3 × 4 × 8",
        "/layers/dense/vars/1: not expected, found 3",
        "optimizer: expected sgd, found adam",
      ])
  }

  @Test("Variables of the same optimizer")
  func optimizerVariables() {
    var other = variables
    other[1] = [36]
    other.removeLast()
    #expect(
      checkpoint.disagreements(with: expected, optimizer: ("adam", other)) == [
        .shape(path: "/optimizer/vars/3", expected: [36], found: [3, 3, 1, 4]),
        .unexpected(path: "/optimizer/vars/9", found: [3]),
      ])
  }
}
