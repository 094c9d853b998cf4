import Foundation
import Reports
import Testing

@Suite("Markup")
struct MarkupTests {
  @Test("what is put in is escaped, what stands in the source is not")
  func escaping() {
    let name = #"<script>alert("1 & 2")</script>'"#
    let markup: Markup = "<p title=\"\(name)\">\(name)\("<b>" as Markup)</p>"
    let escaped = "&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;&#39;"
    #expect(markup.text == "<p title=\"\(escaped)\">\(escaped)<b></p>")
  }

  @Test("characters that XML has no place for, or that turn text around, are replaced")
  func characters() {
    let markup: Markup = "\("a\u{0}b\u{1B}[31mc\u{202E}d\u{FFFE}e\u{9F}f\tg\nh\u{1F600}")"
    #expect(markup.text == "a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}d\u{FFFD}e\u{FFFD}f\tg\nh\u{1F600}")
  }

  @Test(
    "lengths are short, and never in a format of the locale or with an exponent",
    arguments: [
      (0, "0"), (-0.001, "0"), (12, "12"), (3.25, "3.25"), (1 / 3, "0.33"), (100, "100"), (-2.5, "-2.5"),
      (Double.nan, "0"), (.infinity, "0"),
    ])
  func lengths(value: Double, text: String) {
    let markup: Markup = "\(at: value)"
    #expect(markup.text == text)
  }

  @Test("a picture within a page")
  func dataURI() { #expect(DataURI.png([1, 2, 3, 4]) == "data:image/png;base64,AQIDBA==") }

  @Test("a table has a caption, scopes, and escaped cells")
  func table() throws {
    var table = HTMLTable("a < b", [.text("name"), .number("n")])
    table.append(["<x>", "1"])
    table.append(["sum", "1"], isTotal: true)
    let html = table.html.text
    try XMLCheck.parse(html)
    #expect(html.contains("<caption>a &lt; b</caption>"))
    #expect(html.contains("<tr><th scope=\"row\">&lt;x&gt;</th><td class=\"number\">1</td></tr>"))
    #expect(html.contains("<th scope=\"col\" class=\"number\">n</th>"))
    #expect(html.contains("<tr class=\"total\">"))
  }
}
