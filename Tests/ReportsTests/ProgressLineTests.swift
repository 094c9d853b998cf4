import Reports
import Testing

@Suite("The line of a progress bar")
struct ProgressLineTests {
  private let line = ProgressLine(
    epoch: 3, epochs: 12, step: 412, steps: 469, loss: 0.0612, accuracy: 0.98123, learningRate: 0.00098,
    samplesPerSecond: 18_204, remaining: 32)

  @Test(
    "gives up the least important first",
    arguments: [
      (
        140,
        """
        epoch  3/12  412/469  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────  loss 0.0612  accuracy 98.12 %  \
        lr 0.00098  18,204 samples/s  ETA 0:32
        """
      ),
      (99, "epoch  3/12  412/469  ━━━━━─  loss 0.0612  accuracy 98.12 %  lr 0.00098  18,204 samples/s  ETA 0:32"),
      (98, "epoch  3/12  412/469  ━━━━━━━━━━━──  loss 0.0612  accuracy 98.12 %  lr 0.00098  18,204/s  ETA 0:32"),
      (90, "epoch  3/12  412/469  ━━━━━━━━──  loss 0.0612  acc 98.12 %  lr 0.00098  18,204/s  ETA 0:32"),
      (79, "epoch  3/12  412/469  ━━━━━━━━━──  loss 0.0612  acc 98.12 %  18,204/s  ETA 0:32"),
      (69, " 3/12  412/469  ━━━━━━─  loss 0.0612  acc 98.12 %  18,204/s  ETA 0:32"),
      (59, " 3/12  412/469  ━━━━━━─  loss 0.0612  acc 98.12 %  ETA 0:32"),
      (50, " 3/12  412/469  loss 0.0612  acc 98.12 %  ETA 0:32"),
      (45, " 3/12  412/469  loss 0.0612  acc 98.12 %"),
      (30, " 3/12  412/469  loss 0.0612"),
      (8, " 3/12  4"),
    ])
  func shortens(width: Int, text: String) {
    #expect(line.text(width: width, unicode: true, color: false) == text)
  }

  @Test("fits every width", arguments: 0...220)
  func fits(width: Int) {
    #expect(line.text(width: width, unicode: true, color: false).count <= width)
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
    #expect(line.text(width: 79, unicode: false, color: true).contains("\u{1B}[32m=========\u{1B}[2m--\u{1B}[0m"))
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
}
