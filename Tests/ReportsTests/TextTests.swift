import Reports
import Testing

@Suite("Tables, lists and curves")
struct TextTests {
  @Test("a table aligns names left and numbers right, with totals below a rule")
  func table() {
    var table = TextTable([.text("layer"), .number("parameters"), .text("note")])
    table.append(["conv2d", "320", ""])
    table.append(["größer", "18,496", "wide"])
    table.appendTotal(["total", "18,816", ""])
    #expect(
      table.description == """
        layer   parameters  note
        ------------------------
        conv2d         320
        größer      18,496  wide
        ------------------------
        total       18,816

        """)
  }

  @Test("an empty table is its header")
  func emptyTable() {
    #expect(TextTable([.text("layer")]).description == "layer\n-----\n")
  }

  @Test("a list leaves out what has no value")
  func list() {
    var list = FieldList()
    list.append("step", "5")
    list.append("best", nil)
    list.append("instruction set", "avx2")
    #expect(list.description == "step             5\ninstruction set  avx2\n")
  }

  @Test("a curve goes from the smallest to the largest value")
  func sparkline() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([2.3, 0.4, .nan, 0.1]) == "█▂ ▁")
    #expect(Sparkline.text([1, 1]) == "▁▁")
    #expect(Sparkline.text([.infinity, .nan]) == "  ")
    #expect(Sparkline.text([]) == "")
    #expect(Sparkline.text([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]) == "▁▅█")
  }

  @Test(
    "words for a shell are quoted where they need it",
    arguments: [
      ("Checkpoints/mnist-cnn", "Checkpoints/mnist-cnn"), ("my run", "'my run'"), ("it's", "'it'\\''s'"), ("", "''"),
      ("größer", "größer"), ("a;b", "'a;b'"), ("~", "'~'"),
    ])
  func shell(word: String, quoted: String) {
    #expect(ShellText.quoted(word) == quoted)
  }
}
