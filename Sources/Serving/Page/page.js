// The page: model, views, answer. Drawing is in pad.js, files in picture.js, the curves of a run in curves.js.
import { Pad } from "/pad.js";
import { asPNG, watchForPictures } from "/picture.js";
import { Curves } from "/curves.js";

const $ = (id) => document.getElementById(id);
// 100 % is said of nothing that a network is only nearly sure of.
const percent = (value) => (value >= 0.9995 && value < 1 ? "> 99.9 %" : `${(100 * value).toFixed(value < 0.0005 || value === 1 ? 0 : 1)} %`);
const grouped = (value) => value.toLocaleString("en-US");
const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

let model = null;
let pad = null;

// MARK: Model

async function loadModel() {
  const answer = await fetch("/v1/model");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const before = model;
  model = await answer.json();
  const accuracy = model.evaluation?.evaluationAccuracy;
  const name = document.createElement("b");
  name.textContent = model.name;
  $("model").replaceChildren(
    name, ` · ${grouped(model.parameters)} parameters` + (accuracy === undefined ? "" : ` · ${percent(accuracy)} right`));
  $("checkpoint").textContent =
    `${model.checkpoint} · step ${grouped(model.step)}, epoch ${model.epoch} of ${model.epochs} · ${model.dataset}` +
    ` · digest ${model.digest.slice(0, 12)}`;
  document.title = `${model.name} · Lockstep`;
  if (!before) showModel();
  else if (before.step !== model.step) toast(`Newer weights: step ${grouped(model.step)}`);
}

function showModel() {
  $("bars").replaceChildren(...model.classes.map((name) => {
    const row = document.createElement("li");
    for (const part of ["name", "track", "value"]) {
      const cell = document.createElement("span");
      cell.className = part;
      row.append(cell);
    }
    row.children[0].textContent = name;
    const fill = document.createElement("span");
    fill.className = "fill";
    row.children[1].append(fill);
    return row;
  }));
  $("bars").classList.toggle("many", model.classes.length > 12);
  if (!model.firstLayer) $("tiles-card").hidden = true;
  const { height, width, channels } = model.input;
  if (!model.drawing) {
    $("draw-title").textContent = "Look at a picture";
    for (const id of ["pad-frame", "undo", "clear", "example"]) $(id).hidden = true;
    $("drop").hidden = false;
    $("drop-text").textContent =
      `This network reads pictures of ${height} × ${width}, ${channels === 1 ? "grey" : channels === 3 ? "in colour" : `${channels} channels`}` +
      `: there is nothing to draw. ` + (model.pictures ? "Choose a picture, drop one here or paste one." : "Send its bytes to POST /v1/predict.");
    $("drop").querySelector("label").hidden = !model.pictures;
  }
  $("file-label").hidden = !model.pictures || !model.drawing;
  blank();
}

// MARK: Answers

let wanted = null; // the newest body that has not been sent
let isAsking = false;
let asked = 0; // counts what is shown: an answer to what was there before the last Clear is not wanted
let spoken = 0;

// One request at a time; what was drawn meanwhile replaces what waited, so that answers never come late or out of order.
async function ask(body) {
  wanted = body;
  if (isAsking) return;
  isAsking = true;
  while (wanted) {
    const [sent, mine] = [wanted, asked];
    wanted = null;
    try {
      const answer = await fetch("/v1/predict?include=input,activations", {
        method: "POST", headers: { "Content-Type": sent.type }, body: sent,
      });
      const result = await answer.json();
      if (!answer.ok) throw new Error(result.error?.message ?? `the server answered ${answer.status}`);
      if (mine === asked) show(result);
    } catch (error) {
      problem(error instanceof TypeError ? "The server does not answer. Is it still running?" : error.message);
    }
  }
  isAsking = false;
}

function show(result) {
  $("problem").hidden = true;
  const { probabilities, name, probability } = result.predictions[0];
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[b] - probabilities[a]);
  setBars(probabilities, order[0]);
  $("answer").textContent = name;
  $("answer").classList.toggle("word", name.length > 2);
  $("answer").classList.toggle("unsure", probability < 0.5);
  $("verdict").textContent =
    probability > 0.97 ? `It is ${article(name)}` : probability > 0.5 ? `Probably ${article(name)}` : `Perhaps ${article(name)}`;
  const second = probabilities[order[1]] >= 0.0005 ? order[1] : undefined;
  $("runner-up").textContent = percent(probability) +
    (second === undefined ? "" : ` · then ${model.classes[second]}, ${percent(probabilities[second])}`);
  drawInput(result.input);
  const made = result.picture;
  $("input-note").textContent = `${model.input.height} × ${model.input.width} pixels` +
    (!made ? "" : made.isBlank ? ", of an empty picture" : { centred: ", cut out and centred", resized: ", resized", unchanged: "" }[made.treatment] +
    (made.isInverted ? ", dark and light exchanged" : ""));
  if (result.activations) drawTiles(result.activations);
  clearTimeout(spoken);
  spoken = setTimeout(() => {
    $("spoken").textContent = `${$("verdict").textContent}: ${percent(probability)}` +
      (second === undefined ? "" : `; then ${model.classes[second]}, ${percent(probabilities[second])}`);
  }, 600);
  if (result.step !== model.step) loadModel().catch(() => {});
}

const article = (name) => (/^\d$/.test(name) ? (name === "8" ? "an 8" : `a ${name}`) : /^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`);

function setBars(probabilities, best) {
  [...$("bars").children].forEach((row, index) => {
    const value = probabilities?.[index] ?? 0;
    row.classList.toggle("best", index === best);
    row.querySelector(".fill").style.transform = `scaleX(${value})`;
    row.children[2].textContent = probabilities ? percent(value) : "";
  });
}

function blank() {
  asked++;
  wanted = null;
  clearTimeout(spoken);
  setBars(null, -1);
  $("answer").textContent = "?";
  $("answer").className = "digit unsure";
  $("verdict").textContent = model.drawing ? "Nothing drawn yet" : "No picture yet";
  $("runner-up").textContent = "\u00a0";
  $("spoken").textContent = "";
  $("problem").hidden = true;
  for (const id of ["input", "tiles"]) {
    const canvas = $(id);
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    canvas.setAttribute("aria-label", "Nothing yet");
  }
  $("input-note").textContent = `${model.input.height} × ${model.input.width} pixels`;
  const layer = model.firstLayer;
  if (layer) {
    $("tiles-title").textContent = `What the first layer makes of it`;
    $("tiles-note").textContent = `${layer.name}: ${layer.shape.join(" × ")}`;
    layoutTiles(layer.shape);
  }
  const { width, height } = model.input;
  Object.assign($("input"), { width, height });
}

function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = false;
}

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

// MARK: Pictures

function drawInput(base64) {
  if (!base64) return;
  const { height, width, channels } = model.input;
  const bytes = bytesOf(base64);
  const canvas = $("input");
  Object.assign(canvas, { width, height });
  const image = canvas.getContext("2d").createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * pixel + channel] = bytes[pixel * channels + Math.min(channel, channels - 1)];
    }
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", `The picture as the network gets it, ${height} by ${width} pixels`);
}

// Dark blue over teal to pale yellow: as bright as the value is large, also without colour vision.
const ramp = [[13, 20, 40], [20, 62, 92], [22, 122, 128], [98, 182, 120], [226, 222, 120], [255, 252, 220]];
const palette = Array.from({ length: 256 }, (_, value) => {
  const place = value / 255 * (ramp.length - 1);
  const low = Math.min(Math.floor(place), ramp.length - 2);
  return ramp[low].map((part, index) => part + (ramp[low + 1][index] - part) * (place - low));
});

// A tile for each channel; values without places, of a dense layer, as one tile.
function layoutTiles(shape) {
  const [height, width, count] = shape.length === 3 ? shape : (() => {
    const total = shape.reduce((product, extent) => product * extent, 1);
    const side = Math.ceil(Math.sqrt(total * 2.6));
    return [Math.ceil(total / side), side, 1];
  })();
  const across = count === 1 ? 1 : Math.ceil(Math.sqrt(count * 1.9));
  const layout = { height, width, count, across, down: Math.ceil(count / across) };
  const gap = count === 1 ? 0 : Math.max(1, Math.round(width / 14));
  Object.assign(layout, { gap });
  const canvas = $("tiles");
  canvas.width = across * (width + gap) - gap;
  canvas.height = layout.down * (height + gap) - gap;
  canvas.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  return layout;
}

function drawTiles({ layer, shape, values, minimum, maximum }) {
  const { height, width, count, across, gap } = layoutTiles(shape);
  const bytes = bytesOf(values);
  const canvas = $("tiles");
  const image = canvas.getContext("2d").createImageData(canvas.width, canvas.height);
  for (let tile = 0; tile < count; tile++) {
    const left = tile % across * (width + gap);
    const top = Math.floor(tile / across) * (height + gap);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = bytes[(y * width + x) * count + tile];
        if (value === undefined) continue;
        const place = 4 * ((top + y) * canvas.width + left + x);
        image.data.set(palette[value], place);
        image.data[place + 3] = 255;
      }
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", `${count} pictures, one for each filter of ${layer}: bright where it answers`);
  $("tiles-note").textContent =
    `${layer}: ${shape.join(" × ")}, from ${minimum.toPrecision(3)} (dark) to ${maximum.toPrecision(3)} (bright)`;
}

async function choose(file) {
  if (!file) return;
  pad.clear();
  // Clearing is shown with the next frame; the picture comes behind it.
  await new Promise(requestAnimationFrame);
  const mine = asked;
  try {
    const picture = await asPNG(file);
    if (mine === asked) ask(picture);
  } catch (error) {
    if (mine === asked) problem(error.message);
  }
}

// MARK: Views

let curves = null;

async function start() {
  try {
    await loadModel();
  } catch (error) {
    problem(`The model could not be loaded: ${error.message}`);
    return;
  }
  pad = new Pad({
    canvas: $("pad"), hint: $("hint"), cursor: $("cursor"),
    buttons: { undo: $("undo"), clear: $("clear"), example: $("example") },
    isOn: () => model.drawing && !$("view-draw").hidden,
    changed: (body) => (body ? ask(body) : blank()),
  });
  $("file").addEventListener("change", (event) => {
    choose(event.target.files[0]);
    event.target.value = "";
  });
  watchForPictures({ isOn: () => model.pictures && !$("view-draw").hidden, found: choose });
  const run = await fetch("/v1/run").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  if (run) {
    $("views").hidden = false;
    curves = new Curves(run, { state: $("run-state"), figures: $("figures"), epochs: $("epochs"), title: $("run-title"),
      loss: $("chart-loss"), accuracy: $("chart-accuracy") }, () => loadModel().catch(() => {}));
  }
  addEventListener("hashchange", showView);
  showView();
}

function showView() {
  const isRun = location.hash === "#run" && curves !== null;
  $("view-draw").hidden = isRun;
  $("view-run").hidden = !isRun;
  for (const [id, current] of [["tab-draw", !isRun], ["tab-run", isRun]]) {
    if (current) $(id).setAttribute("aria-current", "page");
    else $(id).removeAttribute("aria-current");
  }
  curves?.setVisible(isRun);
  if (!isRun) pad?.resize();
}

start();
