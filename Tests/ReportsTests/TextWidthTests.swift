import Reports
import Testing

@Suite("Text in columns")
struct TextWidthTests {
  @Test(
    "columns are those of the terminal",
    arguments: [
      ("", 0), ("abc", 3), ("größer", 6), ("gro\u{308}ßer", 6), ("日本語", 6), ("한국어", 6), ("ｆｕｌｌ", 8), ("カﾅ", 3),
      ("👍🏽", 2), ("👩‍🚀", 2), ("❤️", 2), ("❤", 1), ("🇩🇪", 2), ("—…×µ", 4), ("नमस्ते", 4), ("a\u{200B}b", 2), ("━▁█", 3),
      ("\u{1100}\u{1161}\u{11A8}", 2),
    ])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test("a table stays aligned with wide and combining characters")
  func table() {
    var table = TextTable([.text("class"), .number("samples"), .text("file")])
    table.append(["猫", "12", "猫.png"])
    table.append(["gro\u{308}ß", "3", "x"])
    table.append(["dog", "1,234", "犬"])
    #expect(
      table.description == """
        class  samples  file
        ----------------------
        猫          12  猫.png
        gro\u{308}ß         3  x
        dog      1,234  犬

        """)
  }

  @Test("a table that is too wide leaves out what it can do without, and then wraps its last column")
  func narrowTable() {
    var table = TextTable([.text("file"), .number("size", dropped: 1), .text("what")])
    table.append(["step-00000938.weights.h5", "425", "checkpoint of step 938, every byte as written"])
    table.append(["metrics.csv", "7", "log"])
    #expect(
      table.text(width: 64) == """
        file                      what
        ----------------------------------------------------------------
        step-00000938.weights.h5  checkpoint of step 938, every byte as
                                  written
        metrics.csv               log

        """)
    #expect(table.text(width: 80) == table.text())
    for width in 44...80 {
      #expect(table.text(width: width).split(separator: "\n").allSatisfy { $0.count <= width })
    }
  }

  @Test("a list wraps its values below their beginning, but not what is to be copied")
  func narrowList() {
    var list = FieldList()
    list.append("time", "training 1.0 s, evaluation 0.1 s, saving 0.1 s")
    list.append("checkpoint", "Checkpoints/a very long name/step-00000938.weights.h5", wraps: false)
    #expect(
      list.text(width: 40) == """
        time        training 1.0 s, evaluation
                    0.1 s, saving 0.1 s
        checkpoint  Checkpoints/a very long name/step-00000938.weights.h5

        """)
  }

  @Test("what is too long loses its middle")
  func shortened() {
    #expect(DisplayWidth.shortened("convolution", columns: 11) == "convolution")
    #expect(DisplayWidth.shortened("convolution", columns: 7) == "con…ion")
    #expect(DisplayWidth.shortened("convolution", columns: 7, unicode: false) == "con..on")
    #expect(DisplayWidth.shortened("日本語日本語", columns: 8) == "日本…語")
    for columns in 0...12 { #expect(DisplayWidth.of(DisplayWidth.shortened("日本語日本語", columns: columns)) <= columns) }
  }
}
