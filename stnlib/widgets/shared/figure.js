// The life of a live figure: it is mounted, repainted when a trait or the page's colours change,
// and taken away. What the figures have in common round their drawing is here too.
import { announcer, h, oncePerFrame, pixels, readTheme, watchTheme } from "./view.js";
import { makeStore } from "./store.js";

// `settings` are the traits that undo restores, `watched` further ones that ask for a repaint.
// `build({ model, root, store, request })` gives { nodes, stage, paint, escape?, stop? }, where
// paint(width, theme) draws the present state and returns the words for screen readers.
export function mountFigure({ model, el }, { label, settings, watched = [], build }) {
  const spoken = h("p", { class: "stn-spoken", "aria-live": "polite" });
  const root = h("div", {
    class: "stn-figure", role: "group", "aria-label": label,
    "data-lm-suppress-shortcuts": "true", // JupyterLab leaves the arrow keys to the figure
  });
  const request = oncePerFrame(repaint);
  const store = makeStore(model, settings, request);
  const { nodes, stage, paint, escape, stop } = build({ model, root, store, request });
  const say = announcer(spoken);
  let theme = null;

  function repaint() {
    const width = stage.clientWidth;
    if (!width) return; // not in the page yet: the observer of its size calls again
    theme ??= readTheme(root);
    say(paint(width, theme));
    store.save();
  }

  root.append(...nodes, spoken);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") escape?.();
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); store.undo(); }
  });
  const events = [...settings, ...watched].map((key) => `change:${key}`);
  for (const event of events) model.on(event, request);
  const stopTheme = watchTheme(() => { theme = null; request(); });
  const resize = new ResizeObserver(request);
  el.append(root);
  resize.observe(stage);
  repaint();
  return () => {
    stop?.();
    request.cancel();
    stopTheme();
    resize.disconnect();
    for (const event of events) model.off(event, request);
  };
}

// Make a canvas as large as its place, in pixels of the screen; return its pen.
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const size = [width, height].map((v) => Math.round(v * ratio));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

// Put the middle of an element at a point of the stage.
export function placeAt(node, [x, y]) {
  node.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
}

// A picture trait as numbers 0 ... 1, with a canvas of its pixels.
export function readPicture(model, name = "image") {
  const { data, shape: [height, width] } = model.get(name);
  const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, height * width);
  const values = Float32Array.from(bytes, (byte) => byte / 255);
  return { data: values, height, width, canvas: pixels(values, height, width) };
}

export const button = (word, action) => h("button", {
  type: "button", class: "stn-button", "data-action": word.toLowerCase(), onclick: action,
}, word);

// A panel that is not shown.
export const NOTHING = { node: null, update() {}, text: () => "" };

// The last line of a figure: what the hand can do, and the way back.
export function footLine(store, hint, ...more) {
  const [undo, reset] = [button("Undo", store.undo), button("Reset", store.reset)];
  const node = h("div", { class: "stn-foot" }, h("p", { class: "stn-note" }, hint),
    h("div", { class: "stn-buttons" }, ...more, undo, reset));
  return { node, update() { undo.disabled = !store.undoable(); } };
}
