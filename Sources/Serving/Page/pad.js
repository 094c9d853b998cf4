// The drawing: strokes by pointer or keyboard, and the picture that is sent.

// Strokes of the examples, in a square of 100; written with few points and drawn as smooth curves.
const examples = [
  [[[52, 14], [30, 24], [24, 52], [34, 82], [56, 86], [74, 70], [76, 42], [66, 20], [52, 14]]],
  [[[36, 30], [46, 22], [54, 12], [53, 50], [52, 88]]],
  [[[28, 32], [36, 16], [58, 12], [70, 28], [60, 50], [38, 72], [24, 86], [50, 84], [78, 86]]],
  [[[28, 18], [52, 12], [68, 24], [62, 42], [44, 48], [66, 54], [74, 72], [56, 88], [26, 82]]],
  [[[40, 14], [32, 38], [26, 56], [52, 58], [80, 56]], [[62, 32], [60, 60], [58, 90]]],
  [[[72, 14], [36, 14], [32, 44], [56, 42], [72, 58], [66, 80], [46, 88], [26, 80]]],
  [[[64, 12], [42, 30], [30, 58], [36, 82], [56, 88], [70, 72], [60, 56], [40, 58], [32, 70]]],
  [[[24, 18], [50, 15], [76, 16], [62, 42], [50, 66], [44, 90]]],
  [[[66, 22], [46, 12], [32, 26], [46, 44], [66, 60], [64, 82], [44, 88], [32, 74], [46, 54], [64, 38], [66, 22]]],
  [[[68, 30], [52, 14], [34, 26], [36, 46], [54, 50], [68, 34], [68, 56], [64, 90]]],
];

// The picture that is sent, white on black: the drawing's longer side fills the box, so that the pen is as wide as it is in handwriting,
// however small it was drawn. The server makes the network's image of it, as it does of any picture.
const side = 160;
const box = 120;
const nib = 12;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Pad {
  #strokes = []; // points of 0…1, with the pen's width 0…1 as third
  #pointer = null;
  #pen = { x: 0.5, y: 0.2, isDown: false };
  #isScheduled = false;
  #playing = 0;
  #examples = [];
  #sent = 0;
  #picture = Object.assign(document.createElement("canvas"), { width: side, height: side });

  constructor(parts) {
    Object.assign(this, parts);
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(type, (event) => this.#end(event));
    }
    canvas.addEventListener("keydown", (event) => this.#penKey(event));
    canvas.addEventListener("focus", () => this.#showPen(canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => this.#showPen(false));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("resize", () => this.resize());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.buttons.undo.addEventListener("click", () => this.#undo());
    this.buttons.clear.addEventListener("click", () => this.clear());
    this.buttons.example.addEventListener("click", () => this.#play(this.#nextExample()));
    this.resize();
  }

  resize() {
    const { canvas } = this;
    const size = Math.round(canvas.clientWidth * Math.min(devicePixelRatio, 3));
    if (size > 0 && canvas.width !== size) canvas.width = canvas.height = size;
    this.#draw();
  }

  clear() {
    this.#playing++;
    this.#strokes = [];
    this.#pointer = null;
    this.#pen.isDown = false;
    this.#changed();
  }

  // MARK: Pointer

  #point(event) {
    const area = this.canvas.getBoundingClientRect();
    const width = event.pointerType === "pen" && event.pressure > 0 ? 0.55 + 0.9 * event.pressure : 1;
    const inside = (value) => Math.min(1, Math.max(0, value));
    return [inside((event.clientX - area.left) / area.width), inside((event.clientY - area.top) / area.height), width];
  }

  #begin(event) {
    if (event.button !== 0 || this.#pointer !== null) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.#showPen(false);
    this.#playing++;
    this.#pointer = event.pointerId;
    try { this.canvas.setPointerCapture(event.pointerId); } catch { /* a pointer that is gone already */ }
    this.#strokes.push([this.#point(event)]);
    this.#changed();
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const stroke = this.#strokes.at(-1);
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const point = this.#point(each);
      const last = stroke.at(-1);
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.002) stroke.push(point);
    }
    this.#changed();
  }

  #end(event) {
    if (event.pointerId === this.#pointer) this.#pointer = null;
  }

  #undo() {
    this.#playing++;
    this.#strokes.pop();
    this.#pointer = null;
    this.#changed();
  }

  // MARK: Keyboard

  #key(event) {
    if (!this.isOn() || event.altKey || event.target.matches?.("input, textarea")) return;
    if (event.key === "Escape") this.clear();
    else if (event.key === "Backspace" || event.key.toLowerCase() === "z") this.#undo();
    else return;
    event.preventDefault();
  }

  #penKey(event) {
    const step = event.shiftKey ? 0.1 : 0.03;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const pen = this.#pen;
    if (event.key === " ") {
      pen.isDown = !pen.isDown;
      if (pen.isDown) this.#strokes.push([[pen.x, pen.y, 1]]);
    } else if (moves[event.key]) {
      pen.x = Math.min(0.97, Math.max(0.03, pen.x + moves[event.key][0]));
      pen.y = Math.min(0.97, Math.max(0.03, pen.y + moves[event.key][1]));
      if (pen.isDown && this.#strokes.length) this.#strokes.at(-1).push([pen.x, pen.y, 1]);
    } else return;
    event.preventDefault();
    this.#showPen(true);
    this.#changed();
  }

  #showPen(isShown) {
    this.cursor.hidden = !isShown;
    this.canvas.classList.toggle("keys", isShown);
    this.cursor.classList.toggle("down", this.#pen.isDown);
    this.cursor.style.left = `${100 * this.#pen.x}%`;
    this.cursor.style.top = `${100 * this.#pen.y}%`;
  }

  // MARK: Example

  // Another digit each time, all ten before one comes again.
  #nextExample() {
    if (!this.#examples.length) this.#examples = examples.map((_, digit) => digit).sort(() => Math.random() - 0.5);
    return this.#examples.pop();
  }

  async #play(digit) {
    this.clear();
    const mine = this.#playing;
    const turn = 0.16 * (Math.random() - 0.5);
    for (const points of examples[digit]) {
      const stroke = [];
      this.#strokes.push(stroke);
      for (const [x, y] of smoothed(points)) {
        const [dx, dy] = [(x - 50) / 100 * 0.86, (y - 50) / 100 * 0.86];
        stroke.push([0.5 + dx - turn * dy, 0.5 + dy + turn * dx, 1]);
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) continue;
        this.#changed();
        await pause(9);
        if (this.#playing !== mine) return;
      }
    }
    this.#changed();
  }

  // MARK: Pictures

  #changed() {
    const isEmpty = this.#strokes.length === 0;
    this.hint.classList.toggle("gone", !isEmpty);
    this.buttons.undo.disabled = this.buttons.clear.disabled = isEmpty;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
      this.#send();
    });
  }

  #draw() {
    const { canvas } = this;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const color = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    for (const stroke of this.#strokes) {
      trace(context, stroke, color, canvas.width, 0, 0, canvas.width * 0.062);
    }
  }

  async #send() {
    const strokes = this.#strokes.filter((stroke) => stroke.length);
    if (!strokes.length) {
      this.#sent++;
      this.changed(null);
      return;
    }
    const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    // A dot is no large digit.
    const extent = Math.max(right - left, bottom - top, 0.12);
    const scale = (box - nib) / extent;
    const context = this.#picture.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "black";
    context.fillRect(0, 0, side, side);
    for (const stroke of strokes) {
      trace(context, stroke, "white", scale, side / 2 - scale * (left + right) / 2, side / 2 - scale * (top + bottom) / 2, nib);
    }
    // What is shown is the answer to the newest picture.
    const mine = ++this.#sent;
    const blob = await new Promise((resolve) => this.#picture.toBlob(resolve, "image/png"));
    if (mine === this.#sent) this.changed(blob);
  }
}

// Points between those given, on a Catmull-Rom spline through them.
function smoothed(points) {
  const result = [];
  for (let index = 0; index + 1 < points.length; index++) {
    const [a, b, c, d] = [-1, 0, 1, 2].map((offset) => points[Math.min(points.length - 1, Math.max(0, index + offset))]);
    for (let part = 0; part < 10; part++) {
      const t = part / 10;
      result.push([0, 1].map((axis) => 0.5 * (2 * b[axis] + (c[axis] - a[axis]) * t
        + (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t + (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3)));
    }
  }
  result.push(points.at(-1));
  return result;
}

// A stroke with round ends; every piece as wide as the pen was pressed.
function trace(context, stroke, color, scale, dx, dy, width) {
  context.strokeStyle = context.fillStyle = color;
  context.lineCap = context.lineJoin = "round";
  const place = ([x, y]) => [scale * x + dx, scale * y + dy];
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(...place(stroke[0]), width * stroke[0][2] / 2, 0, 7);
    context.fill();
    return;
  }
  const isEven = stroke.every((point) => point[2] === 1);
  if (isEven) {
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...place(stroke[0]));
    for (let index = 1; index + 1 < stroke.length; index++) {
      const [x, y] = place(stroke[index]);
      const [nextX, nextY] = place(stroke[index + 1]);
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...place(stroke.at(-1)));
    context.stroke();
    return;
  }
  for (let index = 1; index < stroke.length; index++) {
    context.lineWidth = width * (stroke[index - 1][2] + stroke[index][2]) / 2;
    context.beginPath();
    context.moveTo(...place(stroke[index - 1]));
    context.lineTo(...place(stroke[index]));
    context.stroke();
  }
}
