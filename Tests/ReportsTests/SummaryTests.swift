import Reports
import Settings
import Testing
import Training

@Suite("Summaries")
struct SummaryTests {
  private func summary(reason: RunEnd.Reason, steps: Int, epochs: Int, checkpoint: String?) -> String {
    let summary = RunSummary(command: ".build/release/lockstep")
    summary.runStarted(Sample.start(directory: "Checkpoints/my run"))
    for step in 1...max(1, steps) { summary.stepFinished(Sample.step(step, seconds: 0, loss: 2 / Double(step))) }
    for epoch in 1..<(epochs + 1) { summary.epochFinished(Sample.epoch(epoch, seconds: 3)) }
    summary.runEnded(RunEnd(reason: reason, step: steps, checkpoint: checkpoint, seconds: 41.23))
    return summary.text
  }

  @Test("a finished run: its curve, its last evaluation, its checkpoint")
  func finished() {
    #expect(
      summary(reason: .finished, steps: 5_628, epochs: 12, checkpoint: "Checkpoints/my run/step-00005628.weights.h5")
        == """
        finished     step 5,628 of 5,628 in 41.2 s
        loss         █▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  0.0784 → 0.00036
        test         loss 0.0401  accuracy 98.71 %
        checkpoint   Checkpoints/my run/step-00005628.weights.h5
        look closer  .build/release/lockstep evaluate 'Checkpoints/my run/step-00005628.weights.h5'

        """)
  }

  @Test("a stopped run: how to go on")
  func stopped() {
    #expect(
      summary(
        reason: .stopped(signal: "SIGINT"), steps: 300, epochs: 0,
        checkpoint: "Checkpoints/my run/step-00000300.weights.h5")
          == """
          stopped     by SIGINT, step 300 of 5,628 in 41.2 s
          loss        █▁▁  0.0784 → 0.00686
          checkpoint  Checkpoints/my run/step-00000300.weights.h5
          go on       .build/release/lockstep resume 'Checkpoints/my run'

          """)
  }

  @Test("a failed run has an error that says more")
  func failed() {
    #expect(summary(reason: .failed, steps: 3, epochs: 0, checkpoint: nil) == "")
    #expect(RunSummary().text == "")
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
        checkpoint       step-00000938.weights.h5 (425.2 kB, format 1)
        run              mnist-cnn
        step             938 of 5,628
        epoch            3 of 12, 0 of 469 steps done
        best             accuracy 98.71 % at step 469
        parameters       34,826
        optimizer        adam
        seed             18446744073709551615
        instruction set  avx512
        data             a1b2

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
