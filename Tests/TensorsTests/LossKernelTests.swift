import Tensors
import Testing

/// Losses stay near their equations in FP64, in place and not, and survive what a broken network feeds them.
struct LossKernelTests {
  let memory = GuardedMemory()

  static let classCounts = [1, 2, 3, 10, 15, 16, 17, 31, 33, 100, 1000]

  /// Rounding of the exponentials' sum and of the logarithm, in units of 1: two roundings an exponential and one an addition.
  static func tolerance(_ classes: Int) -> Double { 1e-6 + Double(classes) * 2e-8 }

  @Test(arguments: classCounts, [Float(0), 0.1])
  func softmaxCrossEntropyIsAccurate(classes: Int, smoothing: Float) {
    let scale: Float = 1.0 / 128
    for samples in [0, 1, 5] {
      let rows = randomFloats(samples * classes, in: -10..<10)
      let labels = randomLabels(samples, below: classes)
      for kernels in everyKernels {
        let logits = memory.hold(rows)
        let losses = memory.space(samples)
        let gradient = memory.space(rows.count)
        let labelBuffer = memory.hold(labels)
        kernels.softmaxCrossEntropy(
          classes: classes, logits: logits.readOnly, labels: labelBuffer.readOnly, smoothing: smoothing, scale: scale,
          losses: losses, gradient: gradient)
        for sample in 0..<samples {
          let place = sample * classes..<(sample + 1) * classes
          let exact = NaiveLoss.softmaxCrossEntropy(
            logits: Array(rows[place]), label: Int(labels[sample]), smoothing: smoothing, scale: scale)
          #expect(abs(Double(losses[sample]) - exact.loss) <= Self.tolerance(classes) * (1 + exact.loss))
          for (found, expected) in zip(gradient.array()[place], exact.gradient) {
            #expect(abs(Double(found) - expected) <= Self.tolerance(classes) * Double(scale))
          }
        }
        // Without a gradient, and with the gradient in the logits' place: the same bits.
        let alone = memory.space(samples)
        kernels.softmaxCrossEntropy(
          classes: classes, logits: logits.readOnly, labels: labelBuffer.readOnly, smoothing: smoothing, scale: scale,
          losses: alone, gradient: nil)
        expectSameBits(alone.array(), losses.array())
        kernels.softmaxCrossEntropy(
          classes: classes, logits: logits.readOnly, labels: labelBuffer.readOnly, smoothing: smoothing, scale: scale,
          losses: alone, gradient: logits)
        expectSameBits(alone.array(), losses.array())
        expectSameBits(logits.array(), gradient.array())
      }
    }
    #expect(memory.isIntact)
  }

  @Test func hugeLogitsAreStable() {
    for kernels in everyKernels {
      let losses = memory.space(3)
      let gradient = memory.space(9)
      kernels.softmaxCrossEntropy(
        classes: 3, logits: memory.hold([1e30, 0, -1e30, 88, 88, 88, -1000, -1001, -2000]).readOnly,
        labels: memory.hold([0, 2, 0] as [Int32]).readOnly, smoothing: 0, scale: 1,
        losses: losses, gradient: gradient)
      #expect(losses[0] == 0)
      #expect(abs(Double(losses[1]) - PortableMath.log(3)) < 1e-6)
      #expect(abs(Double(losses[2]) - PortableMath.log(1 + PortableMath.exp(-1))) < 1e-6)
      #expect(Array(gradient.array()[0..<3]) == [0, 0, 0])
    }
    #expect(memory.isIntact)
  }

  /// A class that cannot be (−∞) costs nothing unless it is the label.
  @Test func impossibleClasses() {
    for kernels in everyKernels {
      let losses = memory.space(2)
      let gradient = memory.space(4)
      let logits = memory.hold([1, -.infinity, 1, -.infinity] as [Float])
      let labels = memory.hold([0, 1] as [Int32])
      kernels.softmaxCrossEntropy(
        classes: 2, logits: logits.readOnly, labels: labels.readOnly, smoothing: 0, scale: 1, losses: losses,
        gradient: gradient)
      #expect(losses.array() == [0, .infinity])
      #expect(gradient.array() == [0, 0, 1, -1])
    }
    #expect(memory.isIntact)
  }

  /// A NaN or +∞ anywhere makes this row's loss a NaN, and no other row's.
  @Test(arguments: [3, 10, 40])
  func faultsShow(classes: Int) {
    let clean = randomFloats(3 * classes)
    for kernels in everyKernels {
      for place in 0..<classes {
        for fault in [Float.nan, .infinity] {
          var rows = clean
          rows[classes + place] = fault
          let losses = memory.space(3)
          let gradient = memory.space(3 * classes)
          let ranks = memory.space(3, of: Int32.self)
          let labels = memory.hold([Int32](0..<3))
          kernels.softmaxCrossEntropy(
            classes: classes, logits: memory.hold(rows).readOnly, labels: labels.readOnly, smoothing: 0.1, scale: 1,
            losses: losses, gradient: gradient)
          #expect(losses[1].isNaN && losses[0].isFinite && losses[2].isFinite)
          kernels.labelRank(
            classes: classes, logits: memory.hold(rows).readOnly, labels: labels.readOnly, ranks: ranks)
          if fault.isNaN { #expect(ranks[1] == Int32(classes)) }
        }
      }
    }
    #expect(memory.isIntact)
  }

  @Test(arguments: classCounts)
  func meanSquaredErrorIsAccurate(classes: Int) {
    let rows = randomFloats(5 * classes)
    let labels = randomLabels(5, below: classes)
    for kernels in everyKernels {
      let outputs = memory.hold(rows)
      let labelBuffer = memory.hold(labels)
      let losses = memory.space(5)
      let gradient = memory.space(rows.count)
      kernels.meanSquaredError(
        classes: classes, outputs: outputs.readOnly, labels: labelBuffer.readOnly, scale: 0.25,
        losses: losses, gradient: gradient)
      for sample in 0..<5 {
        let place = sample * classes..<(sample + 1) * classes
        let exact = NaiveLoss.meanSquaredError(
          outputs: Array(rows[place]), label: Int(labels[sample]), scale: 0.25)
        #expect(abs(Double(losses[sample]) - exact.loss) <= 1e-6 * (1 + exact.loss) + Double(classes) * 1e-8)
        for (found, expected) in zip(gradient.array()[place], exact.gradient) {
          #expect(abs(Double(found) - expected) <= 3e-7 * (abs(expected) + 1 / Double(classes)))
        }
      }
      let alone = memory.space(5)
      kernels.meanSquaredError(
        classes: classes, outputs: outputs.readOnly, labels: labelBuffer.readOnly, scale: 0.25, losses: alone,
        gradient: nil)
      expectSameBits(alone.array(), losses.array())
      kernels.meanSquaredError(
        classes: classes, outputs: outputs.readOnly, labels: labelBuffer.readOnly, scale: 0.25, losses: alone,
        gradient: outputs)
      expectSameBits(alone.array(), losses.array())
      expectSameBits(outputs.array(), gradient.array())
    }
    #expect(memory.isIntact)
  }

  @Test(arguments: classCounts)
  func softmaxIsAccurate(classes: Int) {
    let rows = randomFloats(5 * classes, in: -60..<60)
    for kernels in everyKernels {
      let logits = memory.hold(rows)
      let probabilities = memory.space(rows.count)
      kernels.softmax(samples: 5, classes: classes, logits: logits.readOnly, probabilities: probabilities)
      for sample in 0..<5 {
        let place = sample * classes..<(sample + 1) * classes
        for (found, expected) in zip(probabilities.array()[place], NaiveLoss.softmax(Array(rows[place]))) {
          // The difference to the maximum, up to 120, is rounded before its exponential is taken.
          #expect(abs(Double(found) - expected) <= (8e-6 + Double(classes) * 2e-8) * expected + 0x1p-146)
        }
      }
      kernels.softmax(samples: 5, classes: classes, logits: logits.readOnly, probabilities: logits)
      expectSameBits(logits.array(), probabilities.array())
    }
    #expect(memory.isIntact)
  }

  @Test(arguments: classCounts)
  func labelRankEqualsThePlainLoop(classes: Int) {
    // Few different values, so that labels meet equals before and behind them.
    let rows = randomFloats(50 * classes, in: 0..<3).map { $0.rounded(.down) }
    let labels = randomLabels(50, below: classes)
    for kernels in everyKernels {
      let ranks = memory.space(50, of: Int32.self)
      kernels.labelRank(
        classes: classes, logits: memory.hold(rows).readOnly, labels: memory.hold(labels).readOnly, ranks: ranks)
      for sample in 0..<50 {
        let row = Array(rows[sample * classes..<(sample + 1) * classes])
        #expect(Int(ranks[sample]) == NaiveLoss.labelRank(logits: row, label: Int(labels[sample])))
      }
    }
    #expect(memory.isIntact)
  }
}
