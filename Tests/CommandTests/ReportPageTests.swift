import Foundation
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]
/// The browser that the page is opened in.
private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

@Suite("The pages in a browser")
struct ReportPageTests {
  @Test(
    "report and compare in Chromium: phone and desktop, light and dark, keyboard, paper",
    .enabled(if: python != nil && chromium != nil, "needs Chromium, and LOCKSTEP_PYTHON with playwright"))
  func pages() throws {
    var command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.convnet, to: "c.json")
    for (name, epochs) in [("run", "2"), ("other", "1")] {
      let training = ["train", "c.json", "--run", name, "--progress", "none", "--set", "training.epochs=\(epochs)"]
      try #require(try command.run(training).status == 0)
    }
    try #require(try command.run(["report", "run"]).status == 0)
    try #require(try command.run(["compare", "run", "other", "--output", "compare.html"]).status == 0)
    try command.write(try command.run(["evaluate", "run", "--json"]).output, to: "evaluation.json")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Interoperability/report_page.py").path
    command.program = URL(fileURLWithPath: try #require(python))
    let result = try command.run(
      [script, try #require(chromium), "run/report.html", "evaluation.json", "compare.html"], limit: 120)
    #expect(result.status == 0, "\(result.output)\(result.error)")
    #expect(result.output.hasSuffix("all is well\n"))
  }
}
