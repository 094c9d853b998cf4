import Optimizers
import Testing

@Suite struct GradientClipTests {
  private let clip = GradientClip(maxNorm: 2)

  @Test("A gradient up to the largest norm is left alone, to the bit", arguments: [0, 1e-300, 1, 1.999_999, 2])
  func short(norm: Double) {
    #expect(clip.factor(norm: norm) == 1)
  }

  @Test("A longer gradient is scaled to the largest norm", arguments: [2.000_001, 3, 4, 1e30, 1e300])
  func long(norm: Double) {
    #expect(clip.factor(norm: norm) == Float(2 / norm))
    #expect(clip.factor(norm: norm) <= 1)
  }

  @Test("A diverged gradient is shown, not hidden", arguments: [Double.infinity, .nan])
  func diverged(norm: Double) {
    #expect(clip.factor(norm: norm).isNaN)
  }
}
