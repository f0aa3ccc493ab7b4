// Run in the page before the figures: what makes them look the same on every machine.
// Frames and timers wait until settle() runs them; all that the figures do in time goes through them.
const nextFrame = window.requestAnimationFrame.bind(window);
const waiting = new Map();
let count = 0;
const later = (call) => { waiting.set(++count, call); return count; };
window.requestAnimationFrame = window.setTimeout = later;
window.cancelAnimationFrame = window.clearTimeout = (key) => waiting.delete(key);
window.settle = async () => {
  await new Promise((seen) => nextFrame(() => nextFrame(seen))); // observers of sizes have spoken
  while (waiting.size || document.querySelector('[aria-busy="true"]')) {
    if (!waiting.size) await new Promise(nextFrame); // a worker is at work
    for (const [key, call] of [...waiting]) {
      waiting.delete(key);
      call(performance.now());
    }
  }
};

// Letters become bars, so that no font matters; what is written is kept with the canvas.
const pen = CanvasRenderingContext2D.prototype;
function bar(ctx, text, x, y) {
  const size = Number(ctx.font.match(/([\d.]+)px/)[1]);
  const width = Math.round(0.52 * size * [...text].length);
  const left = { left: 0, right: -width, center: -width / 2 }[ctx.textAlign];
  return [Math.round(x + left), Math.round(y - 0.3 * size), width, Math.round(0.6 * size)];
}
pen.strokeText = function (text, x, y) { this.strokeRect(...bar(this, text, x, y)); };
pen.fillText = function (text, x, y) {
  const { a, d, e, f } = this.getTransform();
  (this.canvas.written ??= []).push({ text, x: a * x + e, y: d * y + f });
  this.save();
  this.globalAlpha *= 0.6;
  this.fillRect(...bar(this, text, x, y));
  this.restore();
};
const { clearRect, drawImage } = pen;
pen.clearRect = function (x, y, ...size) {
  if (x === 0 && y === 0) this.canvas.written = []; // a new painting
  clearRect.call(this, x, y, ...size);
};
pen.drawImage = function (image, ...place) {
  if (image.written) (this.canvas.written ??= []).push(...image.written);
  drawImage.call(this, image, ...place);
};

// Show a figure as a page does, in the place of the last one.
window.hang = async (mime, stored, live) => {
  const host = document.createElement("div");
  const script = document.createElement("script");
  [host.className, script.type, script.textContent] = ["live-figure", mime, stored];
  host.append(script);
  document.body.replaceChildren(host);
  (0, eval)(live);
  for (let i = 0; !host.querySelector('[data-live-state="mounted"]'); i++) {
    if (i > 100) throw new Error("the figure did not mount");
    await new Promise(nextFrame);
  }
  await settle();
};

// Everything of the figure that can be seen: where its canvases are, and its words.
window.see = () => {
  const root = document.querySelector(".live-figure-mount > *");
  const canvases = [...root.querySelectorAll("canvas")];
  for (const canvas of canvases) { // onto whole pixels of the screen, wherever the text above ends
    const node = canvas.closest(".stn-stage") ?? canvas;
    Object.assign(node.style, { position: "relative", left: 0, top: 0 });
    const { left, top } = canvas.getBoundingClientRect();
    Object.assign(node.style, { left: `${Math.ceil(left) - left}px`, top: `${Math.ceil(top) - top}px` });
  }
  const boxes = canvases.map((canvas) => {
    const { left, top, right, bottom } = canvas.getBoundingClientRect();
    return [left, top, right, bottom].map(Math.round);
  });
  const clip = {
    x: 0, y: 0, width: Math.max(...boxes.map((box) => box[2])),
    height: Math.max(...boxes.map((box) => box[3])),
  };
  const written = canvases.map((canvas) => (canvas.written ?? [])
    .toSorted((p, q) => Math.round(p.y) - Math.round(q.y) || p.x - q.x).map(({ text }) => text));
  const controls = [...root.querySelectorAll("input")].flatMap((input) => {
    const off = input.disabled ? " (off)" : "";
    if (input.type === "radio") return input.checked ? input.parentElement.innerText + off : [];
    return `${input.getAttribute("aria-valuetext") ?? input.value}${off}`;
  });
  const text = root.innerText.split("\n").filter((line) => line.trim());
  return { clip, boxes, words: { text, written, controls } };
};
