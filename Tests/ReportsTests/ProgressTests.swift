import Reports
import Testing
import Training

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

  @Test("plain lines become fewer in a long run: after a twentieth of the time, at most a minute")
  func plainInterval() {
    let recording = RecordingTerminal(isInteractive: false)
    let progress = PlainProgress(terminal: recording.terminal)
    progress.runStarted(Sample.start())
    _ = recording.take()
    for (seconds, isShown) in [
      (100.0, true), (104.9, false), (105.3, true), (7_200, true), (7_259, false), (7_260, true),
    ] {
      progress.stepFinished(Sample.step(1, seconds: seconds))
      #expect(recording.take().isEmpty != isShown, "\(seconds)")
    }
  }

  @Test("of thousands of short epochs about a hundred have a line, and the bar shows the whole run")
  func manyEpochs() {
    let recording = RecordingTerminal(columns: 120)
    let bar = ProgressBar(terminal: recording.terminal, interval: 0)
    bar.runStarted(Sample.start(epochs: 5_000, stepsPerEpoch: 1))
    _ = recording.take()
    var lines = 0
    for epoch in 1...5_000 {
      var step = Sample.step(epoch, seconds: Double(epoch) * 0.001)
      (step.epoch, step.stepInEpoch) = (epoch, 1)
      bar.stepFinished(step)
      if epoch == 2_500 { #expect(recording.take().contains("  1/1  ━━━━━━━━━━━━━━━━━━───────────────────  ")) }
      bar.epochFinished(Sample.epoch(epoch, seconds: Double(epoch) * 0.001))
      lines += recording.take().split(separator: "\n", omittingEmptySubsequences: false).count - 1
    }
    #expect(lines == 100)
  }

  @Test("an epoch of many that took long has a line all the same, and so has the last one")
  func longEpochs() {
    let recording = RecordingTerminal(columns: 120)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start(epochs: 1_003))
    _ = recording.take()
    for (epoch, seconds, isShown) in [
      (1, 9.0, false), (2, 11, true), (3, 12, false), (20, 13, true), (1_003, 14, true),
    ] {
      bar.epochFinished(Sample.epoch(epoch, seconds: seconds))
      #expect(recording.take().isEmpty != isShown, "\(epoch)")
    }
  }

  @Test("a bar says that it evaluates where that takes time")
  func evaluating() {
    let recording = RecordingTerminal(columns: 120)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    bar.evaluationStarted(epoch: 1)
    #expect(!recording.take().contains("evaluating"))
    bar.stepFinished(Sample.step(468, seconds: 1))
    _ = recording.take()
    bar.evaluationStarted(epoch: 1)
    #expect(recording.take().hasSuffix("  evaluating<erase>"))
    bar.epochFinished(Sample.epoch(1, seconds: 1.1, pauses: Pauses(evaluation: 0.1)))
    bar.stepFinished(Sample.step(500, seconds: 2))
    _ = recording.take()
    bar.evaluationStarted(epoch: 2)
    #expect(recording.take() == "")
  }

  @Test("an evaluation is green where it is the best of the whole run, also of the part before a resume")
  func best() {
    func greens(bestLoss: Double?) -> Int {
      let recording = RecordingTerminal(usesColor: true)
      let bar = ProgressBar(terminal: recording.terminal)
      var start = Sample.start()
      start.bestLoss = bestLoss
      bar.runStarted(start)
      for (epoch, loss) in [(1, 0.05), (2, .nan), (3, 0.04), (4, 0.04), (5, 0.03)] {
        var report = Sample.epoch(epoch, seconds: 1)
        report.evaluation = MetricValues([("loss", loss)])
        bar.epochFinished(report)
      }
      return recording.take().split(separator: "\u{1B}[32m").count - 1
    }
    #expect(greens(bestLoss: nil) == 3)
    #expect(greens(bestLoss: 0.035) == 1)
    #expect(greens(bestLoss: 0.01) == 0)
  }

  @Test("a window that becomes narrow is drawn in from the next line on")
  func resized() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    bar.stepFinished(Sample.step(100, seconds: 1))
    _ = recording.take()
    recording.resize(columns: 60)
    bar.stepFinished(Sample.step(200, seconds: 2))
    #expect(recording.take().count - "<return><erase>".count <= 59)
  }

  @Test("what is about to be trained goes on in the next line where the terminal is narrow")
  func narrowStart() {
    let start = Sample.start(name: "a-very-long-name-of-a-run-that-nobody-would-type")
    #expect(
      RunText.start(start, width: 40) == """
        a-very-long-name-of…t-nobody-would-type:
          34,826 parameters, 60,000 samples,
          12 epochs of 469 steps, 2 threads,
          avx512

        """)
    for width in 30...200 {
      #expect(RunText.start(start, width: width).split(separator: "\n").allSatisfy { $0.count <= width })
    }
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
