import Reports
import Testing

@Suite("Progress of a run")
struct ProgressTests {
  @Test("a bar is redrawn at most every tenth of a second and replaced by the epoch's line")
  func bar() {
    let recording = RecordingTerminal(columns: 120)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    #expect(
      recording.take() == "mnist-cnn: 34,826 parameters, 60,000 samples, 12 epochs of 469 steps, 2 threads, avx512\n")

    bar.stepFinished(Sample.step(1, seconds: 0.05))
    #expect(recording.take() == "")
    bar.stepFinished(Sample.step(14, seconds: 0.1))
    #expect(
      recording.take() == """
        <return>epoch  1/12   14/469  ━──────────────────────────────────────  loss 0.0612  accuracy 98.12 %  \
        2,560 samples/s  ETA 0:40<erase>
        """)
    bar.stepFinished(Sample.step(15, seconds: 0.19))
    #expect(recording.take() == "")
    bar.stepFinished(Sample.step(16, seconds: 0.21))
    #expect(recording.take().hasPrefix("<return>epoch  1/12   16/469  ━──"))

    bar.epochFinished(Sample.epoch(1, seconds: 3.3))
    #expect(
      recording.take() == """
        <return><erase>epoch  1/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  \
        18,200 samples/s  3.3 s

        """)
    bar.epochFinished(Sample.epoch(2, seconds: 6.7))
    #expect(
      recording.take() == """
        epoch  2/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  18,200 samples/s  3.4 s

        """)
  }

  @Test("a bar is removed when the run ends in the middle of an epoch, and nothing is written without one")
  func removed() {
    let recording = RecordingTerminal()
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    bar.stepFinished(Sample.step(1, seconds: 0.5))
    _ = recording.take()
    bar.runEnded(.init(reason: .stopped(signal: "SIGINT"), step: 1, checkpoint: nil, seconds: 1))
    #expect(recording.take() == "<return><erase>")
    bar.runEnded(.init(reason: .failed, step: 1, checkpoint: nil, seconds: 1))
    #expect(recording.take() == "")
  }

  @Test("a bar makes room where a save has warnings, and only there")
  func makesRoom() {
    let recording = RecordingTerminal()
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    bar.stepFinished(Sample.step(1, seconds: 0.5))
    _ = recording.take()
    bar.checkpointSaved(.init(step: 1, path: "step-00000001.weights.h5", bytes: 1, seconds: 1))
    #expect(recording.take() == "")
    bar.checkpointSaved(.init(step: 1, path: "step-00000001.weights.h5", bytes: 1, seconds: 1, warnings: ["slow"]))
    #expect(recording.take() == "<return><erase>")
  }

  @Test("the learning rate is shown once a schedule changed it")
  func learningRate() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    bar.stepFinished(Sample.step(1, seconds: 1))
    #expect(!recording.take().contains("lr "))
    bar.stepFinished(Sample.step(2, seconds: 2, learningRate: 0.0005))
    #expect(recording.take().contains("  lr 0.0005  "))
    bar.stepFinished(Sample.step(3, seconds: 3, learningRate: 0.001))
    #expect(recording.take().contains("  lr 0.001  "))
  }

  @Test("a resumed run says where it goes on and counts only its own steps for the remaining time")
  func resumed() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start(firstStep: 5_528))
    #expect(recording.take().hasSuffix("\ncontinuing after step 5,528 of 5,628\n"))
    bar.stepFinished(Sample.step(5_578, seconds: 10))
    #expect(recording.take().hasSuffix("  ETA 0:10<erase>"))
  }

  @Test("plain lines come every five seconds and for every epoch")
  func plain() {
    let recording = RecordingTerminal(isInteractive: false)
    let progress = PlainProgress(terminal: recording.terminal)
    progress.runStarted(Sample.start())
    _ = recording.take()
    progress.stepFinished(Sample.step(100, seconds: 4.9))
    #expect(recording.take() == "")
    progress.stepFinished(Sample.step(102, seconds: 5))
    #expect(
      recording.take() == """
        epoch  1/12  step 102/469  loss 0.0612  accuracy 98.12 %  51 samples/s  ETA 4:31

        """)
    progress.stepFinished(Sample.step(103, seconds: 9.9))
    progress.epochFinished(Sample.epoch(1, seconds: 10, evaluatedOn: "validation"))
    #expect(
      recording.take() == """
        epoch  1/12  loss 0.0612  accuracy 98.12 %  validation loss 0.0401  validation accuracy 98.71 %  \
        18,200 samples/s  10.0 s

        """)
    progress.stepFinished(Sample.step(500, seconds: 14.9))
    #expect(recording.take() == "")
  }

  @Test(
    "an epoch's line gives up rate and time where a terminal is narrow",
    arguments: [
      (
        100,
        "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %  18,200 samples/s  3.3 s"
      ),
      (80, "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %  3.3 s"),
      (79, "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %"),
    ])
  func narrowEpochLine(width: Int, text: String) {
    #expect(EpochLine.text(Sample.epoch(3, seconds: 10), epochs: 12, seconds: 3.3, width: width) == text)
  }

  @Test("a bar is chosen on a terminal, plain lines elsewhere, unless the mode says otherwise")
  func chosen() {
    let terminal = RecordingTerminal(isInteractive: true).terminal
    let file = RecordingTerminal(isInteractive: false).terminal
    #expect(ProgressDisplay.make(mode: .auto, terminal: terminal) is ProgressBar)
    #expect(ProgressDisplay.make(mode: .auto, terminal: file) is PlainProgress)
    #expect(ProgressDisplay.make(mode: .bar, terminal: file) is ProgressBar)
    #expect(ProgressDisplay.make(mode: .plain, terminal: terminal) is PlainProgress)
    #expect(ProgressDisplay.make(mode: .none, terminal: terminal) == nil)
  }
}
