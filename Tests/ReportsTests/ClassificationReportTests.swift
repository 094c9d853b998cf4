import Foundation
import Reports
import Settings
import Testing

/// Goldens from scikit-learn; generator: Tests/ReportsTests/Goldens/generate.py.
@Suite("Classification report")
struct ClassificationReportTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var classes: [String]
    var confusion: [[Int]]
    var text: String
    var precision: [Double]
    var recall: [Double]
    var f1: [Double]
    var support: [Int]
    var macro: [Double]
    var weighted: [Double]

    var testDescription: String { name }

    static let all: [Golden] = {
      struct Document: Decodable { var cases: [Golden] }
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Goldens/classification-report.json")
      do {
        return try JSONDecoder().decode(Document.self, from: Data(contentsOf: file)).cases
      } catch {
        fatalError("\(file.path): \(error)")
      }
    }()
  }

  @Test("prints what scikit-learn prints", arguments: Golden.all)
  func text(golden: Golden) {
    #expect(ClassificationReport(classes: golden.classes, confusion: golden.confusion).text == golden.text)
  }

  @Test("computes what scikit-learn computes", arguments: Golden.all)
  func scores(golden: Golden) {
    let report = ClassificationReport(classes: golden.classes, confusion: golden.confusion)
    // One division of whole numbers each: the same bits.
    #expect(report.perClass.map(\.precision) == golden.precision)
    #expect(report.perClass.map(\.recall) == golden.recall)
    #expect(report.perClass.map(\.f1) == golden.f1)
    #expect(report.perClass.map(\.support) == golden.support)
    // Sums in another order: a few units in the last place for at most 37 terms below 1.
    for (mine, theirs) in [(report.macro, golden.macro), (report.weighted, golden.weighted)] {
      #expect(abs(mine.precision - theirs[0]) < 1e-14)
      #expect(abs(mine.recall - theirs[1]) < 1e-14)
      #expect(abs(mine.f1 - theirs[2]) < 1e-14)
    }
  }

  @Test("prints the confusion matrix with true classes as rows")
  func confusion() {
    let report = ClassificationReport(classes: ["cat", "dog"], confusion: [[12, 3], [0, 1_005]])
    #expect(
      report.confusionText() == """
        true \\ predicted   cat   dog
                     cat    12     3
                     dog     0  1005

        """)
  }

  @Test("moves the matrix together where a terminal is narrow, and then lists the most frequent confusions")
  func narrowConfusion() {
    let report = ClassificationReport(
      classes: ["cat", "dog", "犬"], confusion: [[12, 3, 1], [0, 1_005, 7], [3, 0, 4]])
    #expect(report.confusionText(width: 34) == report.confusionText())
    #expect(
      report.confusionText(width: 33) == """
        true \\ predicted  cat  dog   犬
                     cat   12    3    1
                     dog    0 1005    7
                      犬    3    0    4

        """)
    #expect(
      report.confusionText(width: 30) == """
        true  predicted  samples
        ------------------------
        dog   犬               7
        cat   dog              3
        犬    cat              3
        cat   犬               1

        """)
    let many = ClassificationReport(
      classes: (0..<20).map(String.init), confusion: (0..<20).map { row in (0..<20).map { row == $0 ? 9 : 1 } })
    #expect(many.confusionText(width: 60).hasSuffix("0     10               1\nand 370 confusions more\n"))
  }

  @Test("long names give way to numbers at the head of the columns, before the matrix gives way to a list")
  func numberedConfusion() {
    let report = ClassificationReport(
      classes: ["airplane", "automobile", "bird"], confusion: [[12, 3, 1], [0, 5, 7], [3, 0, 4]])
    #expect(
      report.confusionText() == """
        true \\ predicted    airplane  automobile        bird
                airplane          12           3           1
              automobile           0           5           7
                    bird           3           0           4

        """)
    #expect(
      report.confusionText(width: 40) == """
        true \\ predicted   0   1   2
              0 airplane  12   3   1
            1 automobile   0   5   7
                  2 bird   3   0   4

        """)
    #expect(report.confusionText(width: 24).hasPrefix("true        predicted"))
  }

  /// scikit-learn 1.9 prints supports as `4.0` and `6.0` here: without any hit its counts come from `np.zeros`.
  @Test("counts samples in whole numbers even where every prediction is wrong")
  func allWrong() {
    #expect(
      ClassificationReport(classes: ["left", "right"], confusion: [[0, 4], [6, 0]]).text == """
                      precision    recall  f1-score   support

                left     0.0000    0.0000    0.0000         4
               right     0.0000    0.0000    0.0000         6

            accuracy                         0.0000        10
           macro avg     0.0000    0.0000    0.0000        10
        weighted avg     0.0000    0.0000    0.0000        10

        """)
  }

  @Test("has all numbers for --json")
  func json() {
    let report = ClassificationReport(classes: ["a", "b"], confusion: [[3, 1], [0, 4]])
    let json = report.json(loss: 0.25, metrics: [("loss", 0.25), ("accuracy", 0.875), ("top5Accuracy", 1)])
    #expect(
      json
        == .object([
          ("loss", .number(0.25)), ("accuracy", .number(0.875)), ("top5Accuracy", .number(1)), ("samples", .integer(8)),
          ("confusion", .array([.array([.integer(3), .integer(1)]), .array([.integer(0), .integer(4)])])),
          (
            "perClass",
            .array([
              .object([
                ("class", .string("a")), ("precision", .number(1)), ("recall", .number(0.75)), ("f1", .number(6.0 / 7)),
                ("support", .integer(4)),
              ]),
              .object([
                ("class", .string("b")), ("precision", .number(0.8)), ("recall", .number(1)), ("f1", .number(8.0 / 9)),
                ("support", .integer(4)),
              ]),
            ])
          ),
          ("macro", scores(0.9, 0.875, (6.0 / 7 + 8.0 / 9) / 2)),
          ("weighted", scores(0.9, 0.875, (4 * (6.0 / 7) + 4 * (8.0 / 9)) / 8)),
        ]))
    #expect(report.json(loss: .nan) != json)
  }

  @Test("without samples everything is 0")
  func empty() {
    let report = ClassificationReport(classes: ["a"], confusion: [[0]])
    #expect(report.accuracy == 0 && report.macro.f1 == 0 && report.weighted.f1 == 0 && report.samples == 0)
  }

  private func scores(_ precision: Double, _ recall: Double, _ f1: Double) -> JSONValue {
    .object([
      ("precision", .number(precision)), ("recall", .number(recall)), ("f1", .number(f1)), ("support", .integer(8)),
    ])
  }
}
