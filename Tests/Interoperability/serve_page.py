"""The page of `lockstep serve` in a real browser: digits drawn with mouse, finger and keys are recognised.

  serve_page.py CHROMIUM URL [--pictures FOLDER]

With --pictures, leaves pictures of the page there. Prints `all is well`, or ends with what is not.
"""
import argparse
import base64
import io
import os
import pathlib
import re

from PIL import Image
from playwright.sync_api import sync_playwright

# Strokes in a square of 1, drawn as people draw.
DIGITS = {
    "0": [[(.52, .14), (.34, .22), (.25, .5), (.33, .8), (.54, .87), (.72, .72), (.76, .44), (.67, .2), (.52, .14)]],
    "1": [[(.40, .26), (.53, .12), (.53, .5), (.52, .88)]],
    "2": [[(.28, .32), (.36, .16), (.58, .12), (.7, .28), (.6, .5), (.38, .72), (.24, .86), (.5, .84), (.78, .86)]],
    "3": [[(.28, .18), (.52, .12), (.68, .24), (.62, .42), (.44, .48), (.66, .54), (.74, .72), (.56, .88), (.26, .82)]],
    "4": [[(.4, .14), (.32, .38), (.26, .56), (.52, .58), (.8, .56)], [(.62, .32), (.6, .6), (.58, .9)]],
    "7": [[(.24, .18), (.5, .15), (.76, .16), (.62, .42), (.5, .66), (.44, .9)]],
}


class Page:
    """A page of its own, which must say nothing to the console and load nothing from elsewhere."""

    def __init__(self, browser, url, **options):
        self.url, self.complaints = url, []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.check)
        self.page.goto(url)
        self.page.wait_for_selector("#bars li")

    def check(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"asked for {request.url}")

    def place(self, point):
        box = self.page.locator("#pad").bounding_box()
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def mouse(self, digit):
        """Draws, and returns the widths of the best bar on the way."""
        widths = []
        for stroke in DIGITS[digit]:
            self.page.mouse.move(*self.place(stroke[0]))
            self.page.mouse.down()
            for point in stroke[1:]:
                self.page.mouse.move(*self.place(point), steps=6)
                self.page.wait_for_timeout(40)
                widths.append(self.page.locator("#bars .best .value").all_inner_texts())
            self.page.mouse.up()
        return widths

    def finger(self, digit):
        session = self.context.new_cdp_session(self.page)

        def touch(kind, points):
            session.send("Input.dispatchTouchEvent", {
                "type": kind, "touchPoints": [dict(zip("xy", self.place(point))) for point in points]})

        for stroke in DIGITS[digit]:
            touch("touchStart", [stroke[0]])
            for start, end in zip(stroke, stroke[1:]):
                for part in range(1, 7):
                    touch("touchMove", [tuple(a + (b - a) * part / 6 for a, b in zip(start, end))])
            touch("touchEnd", [])

    def expect(self, digit, how):
        self.page.wait_for_function(
            "digit => document.getElementById('answer').textContent === digit", arg=digit, timeout=10_000)
        self.page.wait_for_function(
            "digit => document.getElementById('spoken').textContent.includes(digit)", arg=f" {digit}:", timeout=10_000)
        assert self.page.locator("#problem").is_hidden(), how
        print(f"{how}: {self.page.locator('#spoken').inner_text()}")

    def is_blank(self):
        self.page.wait_for_function("() => document.getElementById('answer').textContent === '?'", timeout=10_000)

    def close(self):
        assert not self.complaints, self.complaints
        self.context.close()


def desktop(browser, url, pictures):
    page = Page(browser, url, viewport={"width": 1280, "height": 960})
    page.is_blank()
    assert page.page.locator("#undo").is_disabled()
    tops = page.page.evaluate("[...document.querySelectorAll('.tools button, .tools label')].map(each => each.offsetTop)")
    assert len(tops) == 4 and len(set(tops)) == 1, f"buttons in more than one line: {tops}"
    for digit in DIGITS:
        on_the_way = page.mouse(digit)
        assert any(on_the_way[:-1]), "no answer before the pen was lifted"
        page.expect(digit, "mouse")
        if pictures and digit == "2":
            page.page.screenshot(path=pictures / "serve.png", full_page=True)
        page.page.get_by_role("button", name="Clear").click()
        page.is_blank()
    # Two strokes, one of them taken back.
    page.mouse("7")
    page.expect("7", "before undo")
    page.mouse("0")
    page.page.keyboard.press("z")
    page.expect("7", "after undo")
    assert page.page.locator("#input").get_attribute("aria-label") != "Nothing yet"
    assert page.page.locator("#tiles").get_attribute("aria-label").startswith(("16 pictures", "32 pictures"))
    page.page.keyboard.press("Escape")
    page.is_blank()
    # Keys alone: a 1, straight down.
    page.page.locator("#pad").focus()
    page.page.keyboard.press("Space")
    for _ in range(18):
        page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Space")
    page.expect("1", "keys")
    # A digit that the page draws itself.
    page.page.get_by_role("button", name="Example").click()
    page.page.wait_for_function("() => document.getElementById('verdict').textContent !== 'Nothing drawn yet'", timeout=10_000)
    page.close()


def upload(browser, url):
    """A picture that somebody has: dark ink on white, off the middle."""
    page = Page(browser, url, viewport={"width": 1280, "height": 960})
    if page.page.locator("#file-label").is_hidden():
        print("no pictures: skipped")
        return page.close()
    drawn = base64.b64decode(page.page.evaluate("""() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 300 });
      const context = canvas.getContext('2d');
      context.fillStyle = '#fffbe8'; context.fillRect(0, 0, 400, 300);
      Object.assign(context, { lineWidth: 14, lineCap: 'round', lineJoin: 'round', strokeStyle: '#203080' });
      context.beginPath(); context.moveTo(220, 40); context.lineTo(320, 40); context.lineTo(260, 190); context.stroke();
      return canvas.toDataURL('image/png').split(',')[1];
    }"""))

    def choose(name, kind, content):
        page.page.locator("#file").set_input_files({"name": name, "mimeType": kind, "buffer": content})

    choose("seven.png", "image/png", drawn)
    page.expect("7", "picture")
    # What the server does not read, the browser makes a PNG of; a photo is larger than a request may be.
    for form, size in [("bmp", 1), ("webp", 1), ("jpeg", 1), ("gif", 1), ("png", 5), ("jpeg", 6)]:
        page.page.keyboard.press("Escape")
        page.is_blank()
        picture = Image.open(io.BytesIO(drawn)).convert("RGB").resize((400 * size, 300 * size), Image.Resampling.BICUBIC)
        content = io.BytesIO()
        picture.save(content, form, **({"compress_level": 0} if form == "png" else {}))
        choose(f"seven.{form}", f"image/{form}", content.getvalue())
        page.expect("7", f"{form}, {len(content.getvalue()):,} bytes")
    page.page.keyboard.press("Escape")
    page.is_blank()
    choose("notes.txt", "text/plain", b"no picture")
    page.page.wait_for_selector("#problem:not([hidden])")
    said = page.page.locator("#problem").inner_text()
    assert said == "notes.txt is no picture that this browser can read.", said
    page.page.keyboard.press("Escape")
    page.is_blank()
    for kind, field in [("drop", "dataTransfer"), ("paste", "clipboardData")]:
        page.page.evaluate("""async ([kind, field, drawn]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(drawn)], 'seven.png', { type: 'image/png' }));
          const Event = kind === 'drop' ? DragEvent : ClipboardEvent;
          document.body.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true, [field]: data }));
        }""", [kind, field, list(drawn)])
        page.expect("7", kind)
        page.page.keyboard.press("Escape")
        page.is_blank()
    page.close()


def phone(browser, url, pictures):
    page = Page(
        browser, url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2,
        color_scheme="dark")
    for digit in ["3", "4"]:
        page.finger(digit)
        page.expect(digit, "finger")
        if pictures and digit == "3":
            page.page.screenshot(path=pictures / "serve-phone.png")
        page.page.get_by_role("button", name="Clear").tap()
        page.is_blank()
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the phone"
    page.close()


def run(browser, url, pictures):
    page = Page(browser, url, viewport={"width": 1280, "height": 900})
    page.page.get_by_role("link", name="Training").click()
    page.page.wait_for_selector("#chart-loss .smooth")
    page.page.wait_for_selector("#epochs tr.top-row")
    assert page.page.locator("#chart-loss").get_attribute("aria-label").startswith("Loss against steps, from ")
    assert page.page.locator("#view-draw").is_hidden()
    legend = page.page.locator("figcaption", has_text="Loss").inner_text()
    assert "logged steps" in legend, legend
    losses = page.page.locator("#epochs td:nth-child(2), #epochs td:nth-child(4)").all_inner_texts()
    assert losses and all(re.fullmatch(r"[0-9]+\.[0-9]{4}", loss) for loss in losses), losses
    if pictures:
        page.page.wait_for_timeout(300)
        page.page.screenshot(path=pictures / "serve-run.png", full_page=True)
    page.page.get_by_role("link", name="Draw", exact=True).click()
    page.mouse("0")
    page.expect("0", "back from the curves")
    page.close()


def long_run(browser, url):
    """More epochs than a call has arguments; the epoch of the lowest loss is not that of the best accuracy."""
    page = Page(browser, url, viewport={"width": 1280, "height": 900})
    page.page.evaluate("""() => {
      window.EventSource = class extends EventTarget { constructor() { super(); window.source = this; } close() {} };
    }""")
    page.page.get_by_role("link", name="Training").click()
    page.page.wait_for_function("() => window.source")
    page.page.evaluate("""() => {
      for (let start = 0; start < 200_000; start += 20_000) {
        const rows = Array.from({ length: 20_000 }, (_, index) => start + index).map((epoch) => ({
          kind: "epoch", step: epoch, epoch, loss: 1, accuracy: .5,
          evaluationLoss: epoch === 777 ? .25 : .5, evaluationAccuracy: epoch === 1001 ? .9876 : .9,
        }));
        window.source.dispatchEvent(new MessageEvent("rows", { data: JSON.stringify(rows) }));
      }
    }""")
    page.page.wait_for_function("() => document.getElementById('figures').textContent.includes('98.76 %')", timeout=10_000)
    # Every epoch of so many is drawn, evenly, and the last.
    label = page.page.locator("#chart-loss").get_attribute("aria-label")
    assert "at step 199999;" in label, label
    places = page.page.locator("#chart-loss .smooth").get_attribute("d")[1:].split("L")
    assert 3000 < len(places) <= 6001, len(places)
    first, middle, last = (float(places[index].split()[0]) for index in (0, len(places) // 2, -1))
    assert abs(middle - (first + last) / 2) < 2, (first, middle, last)
    page.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chromium")
    parser.add_argument("url")
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        desktop(browser, options.url, options.pictures)
        upload(browser, options.url)
        phone(browser, options.url, options.pictures)
        run(browser, options.url, options.pictures)
        long_run(browser, options.url)
        browser.close()
    print("all is well")


main()
