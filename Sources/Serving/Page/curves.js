// The curves of a run, as its log grows.

const svgSpace = "http://www.w3.org/2000/svg";
const grouped = (value) => Math.round(value).toLocaleString("en-US");
const short = (value) => (value === 0 ? "0" : Math.abs(value) >= 1e-4 && Math.abs(value) < 1000 ? String(+value.toPrecision(3)) : value.toExponential(1));
// As the reports have it: numbers below each other have as many decimals.
const loss = (value) => (value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 10_000) ? value.toFixed(4) : short(value));
const percent = (value) => `${(100 * value).toFixed(2)} %`;

export class Curves {
  #steps = new Rows();
  #epochs = new Rows();
  // Of all epochs, also of those that are not kept.
  #lowestLoss = null;
  #bestAccuracy = null;
  #isVisible = false;
  #isScheduled = false;
  #source = null;

  constructor(run, parts, newer) {
    Object.assign(this, { run, parts, newer });
    parts.title.textContent = run.name ? `Training of ${run.name}` : "Training";
    this.charts = [
      new Chart(parts.loss, { name: "Loss", value: "loss", evaluation: "evaluationLoss", isLogarithmic: true, text: loss }),
      new Chart(parts.accuracy, { name: "Accuracy", value: "accuracy", evaluation: "evaluationAccuracy", isLogarithmic: false, text: percent }),
    ];
    this.#setState(run);
    addEventListener("resize", () => this.#schedule());
  }

  // Rows are only asked for while somebody looks.
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    if (isVisible && !this.#source) this.#open();
    if (!isVisible) {
      this.#source?.close();
      this.#source = null;
      clearInterval(this.timer);
    }
  }

  #open() {
    this.#forget();
    this.#source = new EventSource("/v1/run/events");
    // A connection that begins again tells everything again.
    this.#source.addEventListener("open", () => this.#forget());
    this.#source.addEventListener("reset", () => this.#forget());
    this.#source.addEventListener("rows", (event) => this.#add(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => this.#setState({ isTraining: false, isLost: true }));
    this.timer = setInterval(() => this.#look(), 3000);
    this.#look();
  }

  async #look() {
    const answer = await fetch("/v1/run").then((response) => (response.ok ? response.json() : null)).catch(() => null);
    if (!answer) return;
    Object.assign(this.run, answer);
    this.#setState(answer);
  }

  #forget() {
    [this.#steps, this.#epochs, this.#lowestLoss, this.#bestAccuracy] = [new Rows(), new Rows(), null, null];
    this.#schedule();
  }

  #add(rows) {
    let isNewer = false;
    for (const row of rows) {
      if (row.kind !== "epoch") {
        this.#steps.push(row);
        continue;
      }
      isNewer = true;
      this.#epochs.push(row);
      if (row.evaluationLoss < (this.#lowestLoss?.evaluationLoss ?? Infinity)) this.#lowestLoss = row;
      if (row.evaluationAccuracy > (this.#bestAccuracy ?? -1)) this.#bestAccuracy = row.evaluationAccuracy;
    }
    if (isNewer) this.newer();
    this.#schedule();
  }

  #setState({ isTraining, isLost }) {
    const { state } = this.parts;
    state.textContent = isLost ? "connection lost, trying again" : isTraining ? "training now" : "not running";
    state.classList.toggle("live", Boolean(isTraining) && !isLost);
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      if (this.#isVisible) this.#show();
    });
  }

  #show() {
    for (const chart of this.charts) chart.show(this.#steps.kept, this.#epochs.kept);
    const last = [this.#steps.newest, this.#epochs.newest].filter(Boolean).sort((a, b) => b.step - a.step)[0];
    const figures = [
      ["epoch", last ? `${last.epoch}${this.run.epochs ? ` of ${this.run.epochs}` : ""}` : "–"],
      ["step", last ? grouped(last.step) : "–"],
      ["loss", last?.loss === undefined ? "–" : loss(last.loss)],
      ["best accuracy", this.#bestAccuracy === null ? "–" : percent(this.#bestAccuracy)],
      ["learning rate", this.#steps.newest?.learningRate === undefined ? "–" : short(this.#steps.newest.learningRate)],
      ["samples/s", last?.samplesPerSecond === undefined ? "–" : grouped(last.samplesPerSecond)],
    ];
    this.parts.figures.replaceChildren(...figures.map(([name, value]) => {
      const [pair, term, text] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      text.textContent = value;
      pair.append(term, text);
      return pair;
    }));
    this.#table();
  }

  #table() {
    if (!this.#epochs.newest) return;
    this.parts.epochs.replaceChildren(...this.#epochs.kept.toReversed().slice(0, 200).map((row) => {
      const line = document.createElement("tr");
      if (row === this.#lowestLoss) {
        line.className = "top-row";
        line.title = "the lowest evaluation loss";
      }
      const cells = [
        row.epoch, row.loss === undefined ? "–" : loss(row.loss), row.accuracy === undefined ? "–" : percent(row.accuracy),
        row.evaluationLoss === undefined ? "–" : loss(row.evaluationLoss),
        row.evaluationAccuracy === undefined ? "–" : percent(row.evaluationAccuracy),
        row.samplesPerSecond === undefined ? "–" : grouped(row.samplesPerSecond),
      ];
      line.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
      return line;
    }));
  }
}

// What a page that is open for days keeps of the rows: every one, or every second, fourth … of all, and the newest.
class Rows {
  static #most = 6000;
  #each = [];
  #stride = 1;
  #count = 0;
  newest = null;

  push(row) {
    this.newest = row;
    if (this.#count++ % this.#stride === 0) this.#each.push(row);
    if (this.#each.length <= Rows.#most) return;
    this.#each = this.#each.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  get kept() {
    return this.#each.at(-1) === this.newest || !this.newest ? this.#each : [...this.#each, this.newest];
  }
}

class Chart {
  #pointer = null;

  constructor(svg, options) {
    Object.assign(this, { svg }, options);
    svg.addEventListener("pointermove", (event) => {
      this.#pointer = event.clientX - svg.getBoundingClientRect().left;
      this.#draw();
    });
    svg.addEventListener("pointerleave", () => {
      this.#pointer = null;
      this.#draw();
    });
  }

  show(steps, epochs) {
    const points = (rows, key) => rows.filter((row) => Number.isFinite(row[key])).map((row) => [row.step, row[key]]);
    this.raw = points(steps, this.value);
    if (!this.raw.length) this.raw = points(epochs, this.value);
    this.evaluations = points(epochs, this.evaluation);
    this.smooth = smoothed(this.raw);
    this.#draw();
  }

  #draw() {
    const { svg, raw, evaluations, smooth } = this;
    svg.replaceChildren();
    const all = raw && [...raw, ...evaluations];
    if (!all?.length) {
      svg.setAttribute("aria-label", `${this.name}: no values yet`);
      return;
    }
    const [width, height] = [svg.clientWidth, svg.clientHeight];
    const [left, right, top, bottom] = [48, 12, 10, 26];
    const [first, last] = all.reduce(([low, high], [step]) => [Math.min(low, step), Math.max(high, step)], [Infinity, -Infinity]);
    const place = this.isLogarithmic ? (value) => Math.log10(Math.max(value, 1e-12)) : (value) => value;
    const values = all.map(([, value]) => place(value)).sort((a, b) => a - b);
    // A few steps that are far out do not flatten the rest.
    let [low, high] = [values[Math.floor(values.length * 0.005)], values[Math.ceil(values.length * 0.995) - 1]];
    if (!this.isLogarithmic) high = Math.max(high, 1);
    if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
    const x = (step) => left + (step - first) / Math.max(1, last - first) * (width - left - right);
    const y = (value) => height - bottom - (Math.min(high, Math.max(low, place(value))) - low) / (high - low) * (height - top - bottom);
    const add = (tag, attributes, text) => {
      const element = document.createElementNS(svgSpace, tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      if (text !== undefined) element.textContent = text;
      svg.append(element);
    };
    for (const tick of this.isLogarithmic ? logarithmicTicks(low, high) : ticks(low, high, 5)) {
      const value = this.isLogarithmic ? 10 ** tick : tick;
      add("line", { class: "rule", x1: left, x2: width - right, y1: y(value), y2: y(value) });
      add("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, this.isLogarithmic ? short(value) : `${+(100 * value).toFixed(1)} %`);
    }
    for (const tick of ticks(first, last, Math.max(3, Math.floor(width / 90)))) {
      add("text", { x: x(tick), y: height - 6, "text-anchor": "middle" }, grouped(tick));
    }
    const path = (points) => points.map(([step, value], index) => `${index ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    add("path", { class: "raw", d: path(raw) });
    add("path", { class: "smooth", d: path(smooth) });
    if (evaluations.length > 1) add("path", { class: "eval", d: path(evaluations) });
    for (const [step, value] of evaluations.slice(-400)) add("circle", { class: "dot", cx: x(step), cy: y(value), r: 4 });
    this.#hair(add, x, y, { top, base: height - bottom, width });
    const end = smooth.at(-1);
    const tested = evaluations.at(-1);
    svg.setAttribute("aria-label", `${this.name} against steps, from ${this.text(raw[0][1])} at step ${raw[0][0]}`
      + ` to ${this.text(end[1])} at step ${end[0]}` + (tested ? `; last evaluation ${this.text(tested[1])}` : ""));
  }

  #hair(add, x, y, { top, base, width }) {
    if (this.#pointer === null) return;
    const near = this.smooth.reduce((best, point) =>
      Math.abs(x(point[0]) - this.#pointer) < Math.abs(x(best[0]) - this.#pointer) ? point : best);
    const at = x(near[0]);
    add("line", { class: "hair", x1: at, x2: at, y1: top, y2: base });
    add("circle", { class: "dot", cx: at, cy: y(near[1]), r: 3 });
    const isRight = at > width / 2;
    add("text", { class: "tip", x: at + (isRight ? -8 : 8), y: top + 12, "text-anchor": isRight ? "end" : "start" },
      `step ${grouped(near[0])}: ${this.text(near[1])}`);
  }
}

// An exponential mean over a fiftieth of the points, without its bias to the start.
function smoothed(points) {
  const keep = Math.exp(-1 / Math.max(1, points.length / 50));
  let [sum, weight] = [0, 0];
  return points.map(([step, value]) => {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + 1 - keep;
    return [step, sum / weight];
  });
}

function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 1;
  const result = [];
  for (let tick = Math.ceil(low / step); tick * step <= high + 1e-9; tick++) result.push(tick * step);
  return result;
}

// Logarithms of 1, 2, 5, 10 …, where there is room; of 1, 10, 100 … where there is less.
function logarithmicTicks(low, high) {
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const result = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const factor of factors) {
      const tick = power + Math.log10(factor);
      if (tick >= low - 1e-9 && tick <= high + 1e-9) result.push(tick);
    }
  }
  return result;
}
