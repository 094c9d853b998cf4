import Reports
import Testing
import Training

/// The remaining time that the bar shows, after steps of known length.
@Suite("Remaining time")
struct RemainingTimeTests {
  private static func eta(_ text: String) -> String? {
    text.firstMatch(of: /ETA +([0-9:]+)/).map { String($0.1) }
  }

  @Test("a run taken up in the middle of an epoch counts its own steps, and the evaluations before it")
  func resumed() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal)
    // 69 steps and one evaluation of the fourth epoch are left; then 8 epochs of 469 steps.
    bar.runStarted(Sample.start(firstStep: 3 * 469 + 300))
    _ = recording.take()
    bar.stepFinished(Sample.step(3 * 469 + 400, seconds: 10))
    // No evaluation was seen yet: 3,821 steps of 0.1 s.
    #expect(Self.eta(recording.take()) == "6:22")
    bar.epochFinished(Sample.epoch(4, seconds: 26.9, pauses: Pauses(evaluation: 10)))
    _ = recording.take()
    bar.stepFinished(Sample.step(4 * 469 + 1, seconds: 27, pauses: Pauses(evaluation: 10)))
    // 3,751 steps of 0.1 s and 8 evaluations of 10 s.
    #expect(Self.eta(recording.take()) == "7:35")
  }

  @Test("a machine that gets slow is noticed within a minute or two, and one slow step changes little")
  func slower() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal)
    bar.runStarted(Sample.start())
    var seconds = 0.0
    for step in 1...1_000 {
      seconds += step == 900 ? 5 : 0.5
      _ = recording.take()
      bar.stepFinished(Sample.step(step, seconds: seconds))
    }
    // 4,628 steps of half a second are 38:34.
    #expect(Self.eta(recording.take()) == "39:52")
    for step in 1_001...1_120 {
      seconds += 1
      _ = recording.take()
      bar.stepFinished(Sample.step(step, seconds: seconds))
    }
    // 4,508 steps of a second are 1:15:08.
    #expect(Self.eta(recording.take()) == "1:06:49")
  }

  @Test("before the first step nothing is known")
  func unknown() {
    let recording = RecordingTerminal(columns: 200)
    let bar = ProgressBar(terminal: recording.terminal, interval: 0)
    bar.runStarted(Sample.start())
    _ = recording.take()
    bar.stepFinished(Sample.step(1, seconds: 0))
    #expect(!recording.take().contains("ETA"))
  }
}
