// GridExplorer: joins the state, the hand, the pictures, the panels and the words into one figure.
import { announcer, h, oncePerFrame, readTheme, watchTheme } from "./view.js";
import { makeStore } from "./store.js";
import { box, layout, paint } from "./grid_scene.js";
import { addHand } from "./grid_hand.js";
import { controlPanel, formulaPanel, readPanel } from "./grid_panels.js";
import { derive, readImage, readState } from "./grid_state.js";
import { caption } from "./grid_words.js";

const SETTINGS = ["theta", "output_size", "mode", "padding_mode", "align_corners", "direction"];

// The elements of the figure, empty; `stage` holds both pictures and the handles.
function build() {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const titles = {
    input: h("p", { class: "stn-title stn-input" }),
    output: h("p", { class: "stn-title stn-output" }),
  };
  const picker = h("button", { type: "button", class: "stn-picker", "data-handle": "pixel" });
  const stage = h("div", { class: "stn-stage" }, canvas, titles.input, titles.output, picker);
  const words = h("p", { class: "stn-caption" });
  const spoken = h("p", { class: "stn-spoken", "aria-live": "polite" });
  const root = h("div", {
    class: "stn-figure", role: "group", "aria-label": "Grid explorer",
    "data-lm-suppress-shortcuts": "true", // JupyterLab leaves the arrow keys to the figure
  }, stage, words, spoken);
  return { root, stage, canvas, titles, picker, words, spoken };
}

// Put handles, titles and the pixel picker where the pictures are.
function placeAll({ root, picker, titles }, handles, places, state, spots) {
  const put = (node, [x, y]) => {
    node.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  };
  spots.corners.forEach((spot, i) => put(handles.corners[i], spot));
  put(handles.move, spots.move);
  put(handles.rotate, spots.rotate);
  const [left, top, width, height] = box(places.still, state.alignCorners).map((v) => `${v}px`);
  Object.assign(picker.style, { left, top, width, height });
  for (const [side, name] of [["input", "Input"], ["output", "Output"]]) {
    const panel = places[side];
    const edge = panel === places.moving ? panel.left : box(panel, state.alignCorners)[0];
    titles[side].textContent = `${name} ${panel.rows} × ${panel.columns}`;
    Object.assign(titles[side].style, { left: `${edge}px`, bottom: `${places.height - panel.top}px` });
  }
  root.classList.toggle("stn-splat", state.direction === "splat");
  const picture = state.direction === "gather" ? "Output" : "Input";
  picker.setAttribute("aria-label", `${picture} picture: choose a pixel with the arrow keys or a click`);
}

function fitCanvas({ canvas, stage }, { width, height }) {
  const ratio = window.devicePixelRatio || 1;
  const size = [width, height].map((v) => Math.round(v * ratio));
  if (canvas.width !== size[0] || canvas.height !== size[1]) {
    [canvas.width, canvas.height] = size;
    stage.style.height = `${height}px`;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

function render({ model, el }) {
  const parts = build();
  const cache = { canvas: h("canvas"), scratch: h("canvas"), image: readImage(model) };
  let [hovered, theme, places] = [null, null, null];
  const request = oncePerFrame(repaint);
  const store = makeStore(model, SETTINGS, request);
  const now = () => readState(model, cache.image, hovered);
  const hover = (pixel) => { hovered = pixel; request(); };
  const handles = addHand({ ...parts, store, hover, look: () => ({ state: now(), places }) });
  const shown = new Set(model.get("controls"));
  const panels = [formulaPanel(shown, store, now), readPanel(shown), controlPanel(shown, store, now)];
  parts.root.append(...panels.map((panel) => panel.node).filter(Boolean));
  parts.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hover(null); store.change({ pixel: null }); }
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); store.undo(); }
  });
  const say = announcer(parts.spoken);

  function repaint() {
    const width = parts.stage.clientWidth;
    if (!width) return; // not in the page yet: the observer of its size calls again
    theme ??= readTheme(parts.root);
    const state = now();
    const made = derive(state, cache);
    places = layout(width, state);
    placeAll(parts, handles, places, state, paint(fitCanvas(parts, places), places, state, made, theme));
    parts.words.textContent = caption(state, made);
    for (const panel of panels) panel.update(state, made, theme);
    say(panels.reduce((text, panel) => `${text} ${panel.text()}`, parts.words.textContent));
    store.save();
  }

  const newImage = () => { Object.assign(cache, { image: readImage(model), around: null }); request(); };
  const events = [...SETTINGS, "pixel"].map((key) => `change:${key}`);
  for (const event of events) model.on(event, request);
  model.on("change:image", newImage);
  const stopTheme = watchTheme(() => { theme = null; request(); });
  const resize = new ResizeObserver(request);
  el.append(parts.root);
  resize.observe(parts.stage);
  repaint();
  return () => {
    request.cancel();
    stopTheme();
    resize.disconnect();
    for (const event of events) model.off(event, request);
    model.off("change:image", newImage);
  };
}

export default { render };
