// GridExplorer: joins the state, the hand, the pictures, the panels and the words into one figure.
import { h } from "../shared/view.js";
import { fitCanvas, mountFigure, placeAt, readPicture } from "../shared/figure.js";
import { box } from "../shared/picture.js";
import { layout, paint } from "./scene.js";
import { addHand } from "./hand.js";
import { controlPanel, formulaPanel, readPanel } from "./panels.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

const SETTINGS = ["theta", "output_size", "mode", "padding_mode", "align_corners", "direction"];

// The elements of the figure, empty; `stage` holds both pictures and the handles.
function makeParts() {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const titles = {
    input: h("p", { class: "stn-title stn-input" }),
    output: h("p", { class: "stn-title stn-output" }),
  };
  const picker = h("button", { type: "button", class: "stn-picker", "data-handle": "pixel" });
  const stage = h("div", { class: "stn-stage" }, canvas, titles.input, titles.output, picker);
  const words = h("p", { class: "stn-caption" });
  return { stage, canvas, titles, picker, words };
}

// Put handles, titles and the pixel picker where the pictures are.
function placeAll({ root, picker, titles }, handles, places, state, spots) {
  spots.corners.forEach((spot, i) => placeAt(handles.corners[i], spot));
  placeAt(handles.move, spots.move);
  placeAt(handles.rotate, spots.rotate);
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

function build({ model, root, store, request }) {
  const parts = { root, ...makeParts() };
  const cache = { canvas: h("canvas"), scratch: h("canvas"), image: readPicture(model) };
  let [hovered, places] = [null, null];
  const now = () => readState(model, cache.image, hovered);
  const hover = (pixel) => { hovered = pixel; request(); };
  const handles = addHand({ ...parts, store, hover, look: () => ({ state: now(), places }) });
  const shown = new Set(model.get("controls"));
  const panels = [formulaPanel(shown, store, now), readPanel(shown), controlPanel(shown, store, now)];

  function paintAll(width, theme) {
    const state = now();
    const made = derive(state, cache);
    places = layout(width, state);
    parts.stage.style.height = `${places.height}px`;
    const ctx = fitCanvas(parts.canvas, places.width, places.height);
    placeAll(parts, handles, places, state, paint(ctx, places, state, made, theme));
    parts.words.textContent = caption(state, made);
    for (const panel of panels) panel.update(state, made, theme);
    return panels.reduce((text, panel) => `${text} ${panel.text()}`, parts.words.textContent);
  }

  const newImage = () => { Object.assign(cache, { image: readPicture(model), around: null }); request(); };
  model.on("change:image", newImage);
  return {
    stage: parts.stage,
    nodes: [parts.stage, parts.words, ...panels.map((panel) => panel.node).filter(Boolean)],
    paint: paintAll,
    escape() { hover(null); store.change({ pixel: null }); },
    stop() { model.off("change:image", newImage); },
  };
}

export const render = (page) =>
  mountFigure(page, { label: "Grid explorer", settings: SETTINGS, watched: ["pixel"], build });
