import Reports
import Testing

@Suite("The line of a progress bar")
struct ProgressLineTests {
  private let line = {
    var line = ProgressLine(
      epoch: 3, epochs: 12, step: 412, steps: 469, loss: 0.0612, accuracy: 0.98123, learningRate: 0.00098,
      samplesPerSecond: 18_204, remaining: 32)
    line.saving = 0.4
    return line
  }()

  @Test(
    "gives up the least important first",
    arguments: [
      (
        200,
        """
        epoch  3/12  412/469  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━───────  loss 0.0612  accuracy 98.12 %  \
        lr 0.00098  18,204 samples/s  saving 0.4 s  ETA 0:32
        """
      ),
      (
        117,
        """
        epoch  3/12  412/469  ━━━━━━━━──  loss 0.0612  accuracy 98.12 %  lr 0.00098  18,204 samples/s  saving 0.4 s  \
        ETA 0:32
        """
      ),
      (
        113,
        """
        epoch  3/12  412/469  ━━━━━━━━━━━━━━━━━───  loss 0.0612  accuracy 98.12 %  lr 0.00098  18,204 samples/s  ETA 0:32
        """
      ),
      (98, "epoch  3/12  412/469  ━━━━━━━━━━━──  loss 0.0612  accuracy 98.12 %  lr 0.00098  18,204/s  ETA 0:32"),
      (90, "epoch  3/12  412/469  ━━━━━━━━──  loss 0.0612  acc 98.12 %  lr 0.00098  18,204/s  ETA 0:32"),
      (79, "epoch  3/12  412/469  ━━━━━━━━━──  loss 0.0612  acc 98.12 %  18,204/s  ETA 0:32"),
      (69, " 3/12  412/469  ━━━━━━─  loss 0.0612  acc 98.12 %  18,204/s  ETA 0:32"),
      (59, " 3/12  412/469  ━━━━━━─  loss 0.0612  acc 98.12 %  ETA 0:32"),
      (50, " 3/12  412/469  loss 0.0612  acc 98.12 %  ETA 0:32"),
      (46, " 3/12  412/469  loss 0.0612  98.12 %  ETA 0:32"),
      (45, " 3/12  412/469  loss 0.0612  accuracy 98.12 %"),
      (39, " 3/12  412/469  loss 0.0612  98.12 %"),
      (30, " 3/12  412/469  loss 0.0612"),
      (8, " 3/12  0"),
    ])
  func shortens(width: Int, text: String) {
    #expect(line.text(width: width, unicode: true, color: false) == text)
  }

  @Test("fits every width", arguments: 0...220)
  func fits(width: Int) {
    #expect(DisplayWidth.of(line.text(width: width, unicode: true, color: false)) <= width)
  }

  @Test("says everything from 60 columns on except, where it is narrow, rates")
  func keepsTheEssentials() {
    for width in 60...200 {
      let text = line.text(width: width, unicode: true, color: false)
      #expect(text.contains("3/12") && text.contains("━") && text.contains("412/469") && text.contains("loss 0.0612"))
      #expect(text.contains("98.12 %") && text.contains("ETA 0:32"))
    }
  }

  @Test("draws in ASCII where the terminal has no Unicode, and in color where it is wanted")
  func asciiAndColor() {
    let ascii = line.text(width: 79, unicode: false, color: false)
    #expect(ascii.contains("  =========--  "))
    #expect(ascii.unicodeScalars.allSatisfy { $0.isASCII })
    let colored = line.text(width: 79, unicode: false, color: true)
    #expect(colored.contains("\u{1B}[32m=========\u{1B}[0m\u{1B}[2m--\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[[0-9]*m/, with: "") == ascii)
  }

  @Test("has an empty bar at the start and a full one at the end")
  func ends() {
    func bar(_ step: Int) -> String {
      var line = line
      line.step = step
      return line.text(width: 79, unicode: false, color: false)
    }
    #expect(bar(0).contains("  -----------  "))
    #expect(bar(468).contains("  ==========-  "))
    #expect(bar(469).contains("  ===========  "))
  }

  @Test("a run of many epochs has one bar for all of them")
  func wholeRun() {
    var line = line
    (line.showsRun, line.epoch) = (true, 7)
    #expect(line.text(width: 79, unicode: false, color: false).contains("  ======-----  "))
  }

  @Test("says that it is evaluating instead of when it will end")
  func evaluating() {
    var line = line
    line.isEvaluating = true
    #expect(line.text(width: 79, unicode: false, color: false).hasSuffix("18,204/s  evaluating"))
  }

  @Test("numbers keep their places while they grow and shrink")
  func places() {
    var (first, second) = (line, line)
    (second.samplesPerSecond, second.remaining, second.accuracy) = (9_000, 8, 0.09)
    (first.remaining, second.learningRate) = (632, 0.001)
    var widths = ProgressLine.Widths()
    for line in [first, second] { widths.widen(to: line) }
    (first.widths, second.widths) = (widths, widths)
    for width in 20...200 {
      let texts = [first, second].map { $0.text(width: width, unicode: false, color: false) }
      #expect(texts[0].count == texts[1].count)
      #expect(texts[1].contains("9.00 %") == texts[0].contains("98.12 %"))
    }
  }

  @Test("a loss that is not finite is red, and shown at any width", arguments: [Double.nan, .infinity])
  func notFinite(loss: Double) {
    var line = line
    line.loss = loss
    for width in 30...200 {
      let text = line.text(width: width, unicode: false, color: true)
      #expect(text.contains("\u{1B}[31m\(loss.isNaN ? "nan" : "inf")"))
    }
  }
}
