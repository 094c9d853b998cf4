import Reports
import Settings
import Testing
import Training

@Suite("Summaries")
struct SummaryTests {
  private func summary(
    reason: RunEnd.Reason, steps: Int, epochs: Int, checkpoint: String?, best: BestEpoch? = nil, width: Int? = nil,
    unicode: Bool = true
  ) -> String {
    let summary = RunSummary(
      command: ".build/release/lockstep", subcommands: ["evaluate", "report", "resume", "train"])
    summary.runStarted(Sample.start(directory: "Checkpoints/my run"))
    for step in 1...max(1, steps) { summary.stepFinished(Sample.step(step, seconds: 0, loss: 2 / Double(step))) }
    for epoch in 1..<(epochs + 1) { summary.epochFinished(Sample.epoch(epoch, seconds: 3)) }
    summary.runEnded(
      RunEnd(
        reason: reason, step: steps, checkpoint: checkpoint, seconds: 41.23,
        pauses: Pauses(evaluation: 2.9, saving: 0.24), best: best))
    return summary.text(width: width, unicode: unicode)
  }

  private let evaluation = MetricValues([("loss", 0.0388), ("accuracy", 0.988)])

  @Test("a finished run: where the time went, its curve, its last and best evaluation, its checkpoints, how to go on")
  func finished() {
    let best = BestEpoch(
      epoch: 9, evaluatedOn: "test", evaluation: evaluation, checkpoint: "Checkpoints/my run/step-00004221.weights.h5")
    #expect(
      summary(
        reason: .finished, steps: 5_628, epochs: 12, checkpoint: "Checkpoints/my run/step-00005628.weights.h5",
        best: best)
          == """
          finished    step 5,628 of 5,628 in 41.2 s
          time        training 38.1 s at 18,913 samples/s, evaluation 2.9 s, saving 0.2 s
          loss        █▅▅▄▄▄▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁  0.1482 → 0.000357 (log scale)
          test        loss 0.0401  accuracy 98.71 %
          best        epoch 9: loss 0.0388  accuracy 98.80 %
                      Checkpoints/my run/step-00004221.weights.h5
          checkpoint  Checkpoints/my run/step-00005628.weights.h5
          next        .build/release/lockstep evaluate 'Checkpoints/my run/step-00004221.weights.h5'
                      .build/release/lockstep report 'Checkpoints/my run'

          """)
  }

  @Test("a run whose last epoch is its best says so")
  func lastIsBest() {
    let best = BestEpoch(epoch: 12, evaluatedOn: "test", evaluation: evaluation, checkpoint: "run/step-2.weights.h5")
    let text = summary(
      reason: .stoppedEarly(patience: 3), steps: 5_628, epochs: 12, checkpoint: "run/step-2.weights.h5", best: best)
    #expect(text.contains("\nbest        epoch 12, the last one\n"))
    #expect(
      text.hasPrefix("stopped     early, step 5,628 of 5,628 in 41.2 s: the loss did not get better for 3 epochs\n"))
  }

  @Test("a stopped run: how to go on")
  func stopped() {
    #expect(
      summary(
        reason: .stopped(signal: "SIGINT"), steps: 300, epochs: 0,
        checkpoint: "Checkpoints/my run/step-00000300.weights.h5")
          == """
          stopped     by SIGINT, step 300 of 5,628 in 41.2 s
          time        training 38.1 s at 1,008 samples/s, evaluation 2.9 s, saving 0.2 s
          loss        █▆▅▄▄▄▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁  1.0417 → 0.0067 (log scale)
          checkpoint  Checkpoints/my run/step-00000300.weights.h5
          next        .build/release/lockstep resume 'Checkpoints/my run'

          """)
  }

  @Test("fits a narrow terminal but for what is to be copied, and one without Unicode")
  func narrow() {
    for width in [40, 60, 80] {
      let text = summary(
        reason: .finished, steps: 5_628, epochs: 12, checkpoint: "c", width: width, unicode: false)
      #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
      for line in text.split(separator: "\n") where !line.contains("lockstep ") { #expect(line.count <= width) }
    }
    #expect(
      summary(reason: .finished, steps: 5_628, epochs: 12, checkpoint: nil, width: 60, unicode: false)
        == """
        finished  step 5,628 of 5,628 in 41.2 s
        time      training 38.1 s at 18,913 samples/s, evaluation
                  2.9 s, saving 0.2 s
        loss      #=~---......____  0.1482 -> 0.000357 (log scale)
        test      loss 0.0401  accuracy 98.71 %

        """)
  }

  @Test("the curve of a run of any length: steps that were left out are gaps, and gentle curves have a linear scale")
  func curves() {
    func curve(_ losses: [Double]) -> String {
      let summary = RunSummary()
      summary.runStarted(Sample.start())
      for (step, loss) in losses.enumerated() { summary.stepFinished(Sample.step(step + 1, seconds: 0, loss: loss)) }
      summary.runEnded(RunEnd(reason: .finished, step: losses.count, checkpoint: nil, seconds: 1))
      return summary.text().firstMatch(of: /(?m)^loss +(.*)$/).map { String($0.1) } ?? ""
    }
    #expect(curve([]) == "")
    #expect(curve([0.5]) == "▁  0.5000 → 0.5000")
    #expect(curve([3, 2, 1]) == "█▅▁  3.0000 → 1.0000")
    #expect(curve([3, .nan, 1]) == "█ ▁  3.0000 → 1.0000")
    #expect(curve([.nan]) == "")
    #expect(curve([1, -1]) == "█▁  1.0000 → -1.0000")
    #expect(curve([0, 0]) == "▁▁  0.0000 → 0.0000")
    let long = curve((0..<1_000_000).map { 2 - Double($0) / 1e6 })
    #expect(long.prefix { $0 != " " }.count == 40 && long.hasPrefix("██") && long.contains("▁  1.99"))
  }

  @Test("a failed run has an error that says more")
  func failed() {
    #expect(summary(reason: .failed, steps: 3, epochs: 0, checkpoint: nil) == "")
    #expect(RunSummary().text() == "")
  }

  @Test("a checkpoint")
  func checkpoint() {
    let summary = CheckpointSummary(
      path: "step-00000938.weights.h5", bytes: 425_216, formatVersion: 1, name: "mnist-cnn", seed: .max, step: 938,
      totalSteps: 5_628, epoch: 3, epochs: 12, stepInEpoch: 0, stepsPerEpoch: 469, optimizer: "adam",
      parameters: 34_826,
      instructionSet: "avx512", dataFingerprint: "a1b2", best: ("accuracy", 0.9871, 469))
    #expect(
      summary.description == """
        checkpoint  step-00000938.weights.h5 (425.2 kB, format 1)
        run         mnist-cnn
        step        938 of 5,628
        epoch       3 of 12, 0 of 469 steps done
        best        accuracy 98.71 % at step 469
        parameters  34,826
        optimizer   adam
        seed        18446744073709551615
        kernels     avx512
        data        a1b2

        """)
    #expect(
      summary.json
        == .object([
          ("path", .string("step-00000938.weights.h5")), ("bytes", .integer(425_216)), ("formatVersion", .integer(1)),
          ("name", .string("mnist-cnn")), ("seed", .string("18446744073709551615")), ("step", .integer(938)),
          ("totalSteps", .integer(5_628)), ("epoch", .integer(3)), ("epochs", .integer(12)),
          ("stepInEpoch", .integer(0)),
          ("stepsPerEpoch", .integer(469)), ("optimizer", .string("adam")), ("parameters", .integer(34_826)),
          ("instructionSet", .string("avx512")), ("dataFingerprint", .string("a1b2")),
          ("best", .object([("metric", .string("accuracy")), ("value", .number(0.9871)), ("step", .integer(469))])),
        ]))
  }
}
