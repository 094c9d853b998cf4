"""Opens the pages of `lockstep report` and `lockstep compare` in Chromium and checks what a reader gets.

    report_page.py CHROMIUM REPORT.html EVALUATION.json COMPARE.html [--pictures DIR]

EVALUATION.json is what `lockstep evaluate --json` says of the same run. With --pictures screenshots are kept.
"""

import argparse
import json
import os
import pathlib

from playwright.sync_api import sync_playwright

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}

# Everything of the page at once: a call for each element would take seconds.
SURVEY = """() => {
  const text = e => e.textContent.trim();
  const luminance = color => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map(v => {
      v = v / 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = e => {
    const style = getComputedStyle(e);
    const ink = luminance(e instanceof SVGElement ? style.fill : style.color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  };
  return {
    width: document.documentElement.scrollWidth, view: innerWidth, title: document.title,
    paper, headings: [...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1]),
    landmarks: ['header', 'nav', 'main', 'footer'].map(n => document.querySelectorAll('body > ' + n).length),
    images: [...document.images].map(i => [i.complete, i.naturalWidth, i.hasAttribute('alt')]),
    charts: [...document.querySelectorAll('svg')].map(s => [
      s.getAttribute('role'), s.getAttribute('aria-labelledby').split(' ').map(i => text(document.getElementById(i)).length),
      s.getBoundingClientRect().width]),
    texts: [...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width > 0).map(t => {
      const box = t.getBoundingClientRect(), frame = t.closest('svg').getBoundingClientRect();
      return [text(t), box.left - frame.left, frame.right - box.right, box.top - frame.top, box.height];
    }),
    tables: [...document.querySelectorAll('table')].map(t => [
      t.caption ? text(t.caption) : '', t.querySelectorAll('thead th:not([scope=col])').length,
      t.querySelectorAll('tbody tr').length, t.querySelectorAll('tbody tr > th[scope=row]').length]),
    faint: [...document.querySelectorAll('p,dt,dd,td,th,li,a,summary,figcaption,svg text:not(.strong):not(.cell)')]
      .filter(e => text(e) && contrast(e) < 4.5).map(e => text(e).slice(0, 40)),
    small: [...document.querySelectorAll('main *')].filter(
      e => e.children.length == 0 && !(e instanceof SVGElement) && text(e) && parseFloat(getComputedStyle(e).fontSize) < 11)
      .map(e => text(e).slice(0, 40)),
    outside: [...document.querySelectorAll('[src],[href]')].map(e => e.getAttribute('src') || e.getAttribute('href'))
      .filter(a => !a.startsWith('#') && !a.startsWith('data:')),
    scripts: document.scripts.length,
  };
}"""


def check(condition, message):
    if not condition:
        raise SystemExit(f"report_page.py: {message}")


def check_survey(survey, name):
    check(survey["width"] <= survey["view"], f"{name}: the page is {survey['width']} wide in a window of {survey['view']}")
    levels = survey["headings"]
    check(levels[0] == 1 and levels.count(1) == 1, f"{name}: headings begin with {levels[:3]}")
    check(all(b <= a + 1 for a, b in zip(levels, levels[1:])), f"{name}: a heading is left out: {levels}")
    check(survey["landmarks"] == [1, 1, 1, 1], f"{name}: landmarks {survey['landmarks']}")
    check(all(i[0] and i[1] > 0 and i[2] for i in survey["images"]), f"{name}: a picture that is none: {survey['images']}")
    for role, labels, _ in survey["charts"]:
        check(role == "img" and len(labels) == 2 and all(labels), f"{name}: a chart without a name: {role} {labels}")
    for text, left, right, top, height in survey["texts"]:
        check(left > -1 and right > -1 and top > -1, f"{name}: '{text}' is cut off: {left} {right} {top}")
        check(height > 7, f"{name}: '{text}' is {height} pixels high")
    for caption, unscoped, rows, headers in survey["tables"]:
        check(caption and unscoped == 0 and rows == headers, f"{name}: table '{caption}' lacks scopes")
    check(not survey["faint"], f"{name}: too little contrast: {survey['faint'][:5]}")
    check(not survey["small"], f"{name}: small print: {survey['small'][:5]}")
    check(not survey["outside"] and survey["scripts"] == 0, f"{name}: refers to {survey['outside']}")


def check_report(page, evaluation):
    """The numbers of the page are those of `evaluate`."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    table = page.locator("#confusion details table")
    rows = table.locator("tbody tr:not(.total)").all()
    found = [[int(c.replace(",", "")) for c in row.locator("td").all_inner_texts()] for row in rows]
    check([r[:-1] for r in found] == evaluation["confusion"], "the confusion matrix is not that of evaluate")
    check(sum(sum(r[:-1]) for r in found) == evaluation["samples"], "the confusion matrix does not sum to the samples")
    cells = page.evaluate(
        "[...document.querySelectorAll('#confusion svg text.cell')].map(t => +t.textContent)")
    check(sum(cells) == evaluation["samples"], "the drawing of the confusion matrix does not sum to the samples")
    wrong = evaluation["samples"] - sum(evaluation["confusion"][i][i] for i in range(len(evaluation["confusion"])))
    mistakes = page.locator(".mistakes li")
    check(mistakes.count() == min(50, wrong), f"{mistakes.count()} mistakes of {wrong}")
    pairs = [tuple(int(n) for n in t.split(" → ")) for t in page.locator(".mistakes b").all_inner_texts()]
    for pair in set(pairs):
        count = evaluation["confusion"][pair[0]][pair[1]]
        check(pair[0] != pair[1] and pairs.count(pair) <= count, f"{pair} {pairs.count(pair)} times, {count} by evaluate")
    figures = dict(zip(page.locator("dl.figures dt").all_inner_texts(), page.locator("dl.figures dt + dd").all_inner_texts()))
    check(figures["Accuracy"] == f"{evaluation['accuracy'] * 100:.2f} %", f"accuracy {figures['Accuracy']}")
    check(figures["Loss"] == f"{evaluation['loss']:.4f}", f"loss {figures['Loss']}")
    scores = page.locator("#classes tbody tr").first.locator("td").all_inner_texts()
    first = evaluation["perClass"][0]
    check(scores[:3] == [f"{first[k] * 100:.2f} %" for k in ("precision", "recall", "f1")], f"scores {scores}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")


def check_keyboard(page):
    """The first key press reaches the skip link, which leads past the list of sections; all that scrolls can be reached."""
    page.keyboard.press("Tab")
    check(page.evaluate("document.activeElement.className") == "skip", "the first stop is not the skip link")
    box = page.locator(".skip").bounding_box()
    check(box["x"] >= 0, "the skip link cannot be seen where it has the focus")
    page.keyboard.press("Enter")
    check(page.evaluate("document.activeElement.id") == "main", "the skip link does not lead to the content")
    seen = []
    for _ in range(200):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]")
        if name == "BODY":
            break
        check(outline != "none", f"{name} does not show that it has the focus")
        seen.append(name)
    check({"SUMMARY", "DIV"} <= set(seen) and "A" not in seen, f"the keyboard reaches {sorted(set(seen))}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chromium")
    parser.add_argument("report")
    parser.add_argument("evaluation")
    parser.add_argument("compare")
    parser.add_argument("--pictures")
    options = parser.parse_args()
    evaluation = json.loads(pathlib.Path(options.evaluation).read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for file in (options.report, options.compare):
            check(os.path.getsize(file) < 1_000_000, f"{file} is larger than 1 MB")
            papers = {}
            for size, (width, height) in SIZES.items():
                for scheme in ("light", "dark"):
                    name = f"{pathlib.Path(file).stem}-{size}-{scheme}"
                    # Most readers of a mail have scripts; the page has none, so both must show the same.
                    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                    page = context.new_page()
                    trouble, requests = [], []
                    page.on("console", lambda m: trouble.append(m.text))
                    page.on("pageerror", lambda e: trouble.append(str(e)))
                    page.on("request", lambda r: requests.append(r.url))
                    page.goto(pathlib.Path(file).resolve().as_uri())
                    survey = page.evaluate(SURVEY)
                    papers[scheme] = survey["paper"]
                    check_survey(survey, name)
                    check(not trouble, f"{name}: the console says {trouble}")
                    loaded = [r for r in requests if not r.startswith("data:")]
                    check(loaded == [pathlib.Path(file).resolve().as_uri()], f"{name}: loads {loaded}")
                    if options.pictures:
                        page.screenshot(path=f"{options.pictures}/{name}.png", full_page=True)
                    if file == options.report and scheme == "light":
                        check_keyboard(page)
                        if size == "desktop":
                            check_report(page, evaluation)
                    # With all tables open, too.
                    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                    check_survey(page.evaluate(SURVEY), f"{name}, tables open")
                    if size == "desktop" and scheme == "dark":
                        pdf = page.pdf(format="A4", print_background=False)
                        check(pdf.startswith(b"%PDF") and len(pdf) > 10_000, f"{name}: no PDF")
                        if options.pictures:
                            pathlib.Path(f"{options.pictures}/{name}.pdf").write_bytes(pdf)
                    context.close()
            check(papers["light"] > 0.8 and papers["dark"] < 0.1, f"{file}: light and dark are {papers}")
        browser.close()
    print("all is well")


main()
