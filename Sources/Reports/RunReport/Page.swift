/// A self-contained HTML page: style inside, nothing that is loaded from elsewhere, no script.
struct Page {
  /// A section with a heading of its own.
  struct Section {
    /// Unique in the page; letters and hyphens.
    var id: String
    var title: String
    /// A shorter title for the list of sections.
    var short: String
    var content: Markup
  }

  /// The window's title.
  var title: String
  /// What stands above the first section: the page's heading and what goes with it.
  var header: Markup
  var sections: [Section]
  var footer: Markup

  /// The document.
  var html: Markup {
    let links = sections.map { section -> Markup in "<li><a href=\"#\(section.id)\">\(section.short)</a></li>\n" }
    let parts = sections.map { section -> Markup in
      """
      <section id="\(section.id)" aria-labelledby="\(section.id)-heading">
      <h2 id="\(section.id)-heading">\(section.title)</h2>
      \(section.content)</section>

      """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
      <meta name="color-scheme" content="light dark"/>
      <link rel="icon" href="data:,"/>
      <title>\(title)</title>
      <style>
      \(ChartStyle.variables)\(PageStyle.rules)\(ChartStyle.rules)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header>
      \(header)</header>
      <nav aria-label="Sections"><ul>
      \(links)</ul></nav>
      <main id="main" tabindex="-1">
      \(parts)</main>
      <footer>
      \(footer)</footer>
      </body>
      </html>

      """
  }

  /// A chart in a frame, with its numbers as a table that can be opened.
  static func figure(_ chart: Markup, title: String, note: Markup = .none, table: HTMLTable?) -> Markup {
    let numbers = table.map { table -> Markup in
      "<details><summary>Numbers<span class=\"hidden\"> of: \(title)</span></summary>\n\(table.html)</details>\n"
    }
    return """
      <figure>
      <figcaption>\(title)</figcaption>
      \(chart)\(note)\(numbers)</figure>

      """
  }

  /// Names and values, each pair in a box.
  static func figures(_ pairs: [(name: String, value: String, note: String?)]) -> Markup {
    let boxes = pairs.map { pair -> Markup in
      let note = pair.note.map { note -> Markup in "<dd class=\"note\">\(note)</dd>" }
      return "<div><dt>\(pair.name)</dt><dd>\(pair.value)</dd>\(note)</div>\n"
    }
    return "<dl class=\"figures\">\n\(boxes)</dl>\n"
  }

  /// Why something is not shown.
  static func leftOut(_ what: String, because reason: String) -> Markup {
    "<p class=\"left-out\">Left out: \(what). \(reason.prefix(1).uppercased() + String(reason.dropFirst())).</p>\n"
  }
}
