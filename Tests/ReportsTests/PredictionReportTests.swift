import Datasets
import Reports
import Testing
import Training

@Suite("What pictures were taken for")
struct PredictionReportTests {
  private static func prediction(
    _ source: String, _ index: Int? = nil, _ probabilities: [Float], _ treatment: PreparedPicture.Treatment,
    isInverted: Bool = false, isBlank: Bool = false
  ) -> Prediction {
    Prediction(
      source: source, index: index, probabilities: probabilities,
      picture: PreparedPicture(bytes: [], treatment: treatment, isInverted: isInverted, isBlank: isBlank))
  }

  private static let report: PredictionReport = {
    var report = PredictionReport(checkpoint: "run/step-00000012.weights.h5", step: 12, classNames: ["cat", "dog"])
    report.append(prediction("a.png", nil, [0.25, 0.75, 0], .centred, isInverted: true))
    report.append(.noSuchImage(path: "b.gz", asked: 7, count: 7))
    report.append(prediction("b.gz", 6, [0.1, 0.1, 0.8], .unchanged))
    report.append(prediction("c\u{1B}[31m.png", nil, [0.5, 0.5, 0], .resized, isBlank: true))
    return report
  }()

  @Test("prints a table; classes without a name are numbers, the lower one first among equals")
  func table() {
    #expect(
      Self.report.table(top: 2).description == """
        picture     class  probability  next  probability  note
        --------------------------------------------------------------------
        a.png       dog        75.00 %  cat       25.00 %  inverted, centred
        b.gz[6]     2          80.00 %  cat       10.00 %
        c\u{FFFD}[31m.png  cat        50.00 %  dog       50.00 %  blank, resized

        """)
    #expect(Self.report.table(top: 1).description.hasPrefix("picture     class  probability  note\n"))
    #expect(
      Self.report.table(top: 4).description.contains("dog       50.00 %  2         0.00 %                   blank"))
  }

  @Test("prints JSON with numbers as short as they are")
  func json() {
    #expect(
      Self.report.json.prettyPrinted == """
        {
          "checkpoint": "run/step-00000012.weights.h5",
          "step": 12,
          "images": [
            {
              "file": "a.png",
              "index": null,
              "class": 1,
              "label": "dog",
              "probability": 0.75,
              "probabilities": [0.25, 0.75, 0.0],
              "treatment": "centred",
              "inverted": true,
              "blank": false
            },
            {
              "file": "b.gz",
              "index": 6,
              "class": 2,
              "label": "2",
              "probability": 0.8,
              "probabilities": [0.1, 0.1, 0.8],
              "treatment": "unchanged",
              "inverted": false,
              "blank": false
            },
            {
              "file": "c\\u001b[31m.png",
              "index": null,
              "class": 0,
              "label": "cat",
              "probability": 0.5,
              "probabilities": [0.5, 0.5, 0.0],
              "treatment": "resized",
              "inverted": false,
              "blank": true
            }
          ],
          "failures": [
            {
              "file": "b.gz",
              "message": "b.gz has no image 7: it holds 7 images, numbered from 0",
              "missing": false
            }
          ]
        }

        """)
  }

  @Test("draws what a network sees")
  func drawing() {
    let bytes: [UInt8] = [
      255, 0, 0, 100,
      255, 0, 96, 95,
      0, 200, 0, 0,
    ]
    #expect(SampleDrawing.text(bytes, shape: [3, 4, 1], usesColor: false) == "█ ▄▀\n ▀\n")
    #expect(
      SampleDrawing.text([1, 2, 3, 4, 5, 6], shape: [2, 1, 3], usesColor: true)
        == "\u{1B}[38;2;1;2;3;48;2;4;5;6m▀\u{1B}[0m\n")
  }
}
