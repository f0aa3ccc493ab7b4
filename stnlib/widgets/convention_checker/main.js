// ConventionChecker: one map given as θ or as a pixel matrix, and read under both conventions.
import { fixed, h, handle, show } from "../shared/view.js";
import { fitCanvas, footLine, mountFigure, placeAt, readPicture } from "../shared/figure.js";
import { box } from "../shared/picture.js";
import { caption, derive, wayLines } from "./state.js";
import { layoutSide, paintSide } from "./scene.js";
import { formsPanel, givenPanel, keep } from "./panels.js";

const SETTINGS = ["given", "numbers", "input_size", "output_size", "pixel"];

// One convention: its pictures with the knob on the marked pixel, the lines, and the forms.
function sidePanel(alignCorners, store, now) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  let places = null;
  const point = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    const [x0, y0, w, hgt] = box(places.to, alignCorners, 0, 0);
    const [column, row] = [(event.clientX - left - x0) / w, (event.clientY - top - y0) / hgt];
    const { output } = now();
    store.change({ pixel: [keep(Math.floor(row), output[0]), keep(Math.floor(column), output[1])] });
  };
  const name = alignCorners ? "centres" : "edges";
  const knob = handle({
    id: `pixel-${name}`, text: "", label: `Marked output pixel, align_corners=${alignCorners ? "True" : "False"}: drag, or use the arrow keys`,
    drag: { start: store.begin, move: point, end: store.end },
    arrows: (dx, dy, large) => {
      const { pixel: [row, column], output } = now();
      const by = large ? 5 : 1;
      store.nudge("pixel", { pixel: [keep(row + dy * by, output[0]), keep(column + dx * by, output[1])] });
    },
  });
  const stage = h("div", { class: "stn-stage" }, canvas, knob);
  const lines = Array.from({ length: 6 }, () => {
    const [letter, text, value] = [h("span"), h("span"), h("span")];
    return { letter, text, value, node: h("p", {}, letter, " = ", text, " = ", value) };
  });
  const title = h("p", { class: "stn-side-title" }, `align_corners=${alignCorners ? "True" : "False"} `,
    h("span", {}, `−1 and 1: ${alignCorners ? "centres" : "edges"}`));
  const forms = formsPanel();
  const node = h("div", { role: "group", "aria-label": title.textContent }, title, stage,
    h("div", { class: "stn-way" }, ...lines.map((line) => line.node)), forms.node);
  function update(side, state, canvases, width, theme) {
    places = layoutSide(width, state, alignCorners);
    stage.style.height = `${places.height}px`;
    const spot = paintSide(fitCanvas(canvas, width, places.height), places, side, state, canvases, theme);
    knob.hidden = !spot;
    if (spot) {
      placeAt(knob, spot);
      wayLines(side, state).forEach((told, i) => {
        show(lines[i].letter, told.name);
        show(lines[i].text, told.text);
        show(lines[i].value, fixed(told.value));
        lines[i].letter.className = lines[i].value.className = told.kind;
      });
    }
    forms.update(side, state);
  }
  return { node, stage, update };
}

function build({ model, store, request }) {
  let image = readPicture(model);
  const canvases = [h("canvas"), h("canvas")];
  const now = () => {
    const output = model.get("output_size");
    const pixel = model.get("pixel").map((index, i) => keep(index, output[i]));
    return { image, given: model.get("given"), numbers: model.get("numbers"), input: model.get("input_size"), output, pixel };
  };
  const given = givenPanel(store, now);
  const sides = [false, true].map((alignCorners) => sidePanel(alignCorners, store, now));
  const words = h("p", { class: "stn-caption" });
  const foot = footLine(store, "Drag the orange ring over the outputs, type numbers, or paste a matrix into any field.");
  const newImage = () => { image = readPicture(model); request(); };
  model.on("change:image", newImage);

  function paint(width, theme) {
    const state = now();
    const made = derive(state);
    given.update(state);
    show(words, caption(state, made));
    made.sides.forEach((side, i) => sides[i].update(side, state, canvases, width, theme));
    foot.update();
    return words.textContent;
  }
  return {
    nodes: [given.node, words, h("div", { class: "stn-sides" }, ...sides.map((side) => side.node)), foot.node],
    stage: sides[0].stage, paint, stop: () => model.off("change:image", newImage),
  };
}

export const render = (page) => mountFigure(page, { label: "Convention checker", settings: SETTINGS, build });
