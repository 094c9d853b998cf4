// Pictures that somebody has: chosen, dropped or pasted.

// The server reads PNG, of at most 8 MiB; the network sees less of a photo than this many pixels.
const largest = 4 << 20;
const longestSide = 1024;

// A PNG goes as it is, so that the page answers what `lockstep predict` does; anything else is drawn by the browser, which reads more.
export async function asPNG(file) {
  if (file.type === "image/png" && file.size <= largest) return file;
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name || "That"} is no picture that this browser can read.`);
  });
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(scale * side)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!png) throw new Error(`${file.name || "The picture"} is too large for this browser.`);
  return png;
}

// Hands over what is dropped anywhere on the page, or pasted. Without `isOn`, a dropped file does not replace the page either.
export function watchForPictures({ isOn, found }) {
  const show = (isOver) => document.body.classList.toggle("over", isOver);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = isOn() ? "copy" : "none";
    show(isOn());
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) show(false); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    show(false);
    if (isOn()) found(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
    if (file && isOn()) found(file);
  });
}
