// AlignmentLandscape: joins the map, the walk, the grid, the numbers of a step and the controls.
import { choice, fixed, h, handle, show, slider } from "../shared/view.js";
import {
  button, fitCanvas, footLine, mountFigure, placeAt, readPicture,
} from "../shared/figure.js";
import { makePlayer } from "../shared/player.js";
import { offBy } from "./walk.js";
import { fromMap, layoutLand, MOVE, paintLand, toMap, TURN } from "./scene.js";
import { makeWork } from "./work.js";
import { basinWords, stepRows, verdict } from "./words.js";

const SETTINGS = ["start", "blur", "rate", "numbers", "step", "basin"];
const HINT = "Drag the start anywhere on the map, or use the arrow keys, then press Run. " +
  "The cross is the true place.";

const keepStart = ([degrees, shift]) => {
  const keep = (value, reach) => Math.min(Math.max(value, -reach), reach);
  return [Math.round(keep(degrees, TURN)), Number(keep(shift, MOVE).toFixed(1))].map((v) => v + 0);
};

function startHandle(stage, store, now, places, player) {
  const place = ({ clientX, clientY }) => {
    const { left, top } = stage.getBoundingClientRect();
    return fromMap(places().map, [clientX - left, clientY - top]);
  };
  let offset = [0, 0];
  return handle({
    id: "start", label: "The start: drag it over the map, or use the arrow keys.", text: "",
    drag: {
      start(event) {
        player.stop();
        const at = place(event);
        offset = now().start.map((value, i) => value - at[i]);
        store.begin();
      },
      move: (event) => store.change({ start: keepStart(place(event).map((v, i) => v + offset[i])), step: 0 }),
      end: store.end,
    },
    arrows(dx, dy, large) {
      player.stop();
      const [degrees, shift] = now().start;
      const by = large ? 5 : 1;
      store.nudge("start", { start: keepStart([degrees + 2 * dy * by, shift + 0.2 * dx * by]), step: 0 });
    },
  });
}

function stepPanel() {
  const rows = Array.from({ length: 6 }, () => [h("th", { scope: "row" }), h("td"), h("td"), h("td")]);
  const lines = rows.map((cells) => h("tr", {}, ...cells));
  const heads = ["number", "now", "slope of L", ""].map((word) => h("th", { scope: "col" }, word));
  const node = h("table", { class: "stn-table stn-next" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...lines));
  function update(state, made) {
    const told = stepRows(made.path[state.step], state.rate);
    lines.forEach((line, i) => { line.hidden = i >= told.length; });
    show(heads[3], `now − ${fixed(state.rate, 3)} · slope`);
    told.forEach((row, i) => row.forEach((text, j) => show(rows[i][j], text)));
  }
  return { node, update };
}

function controls(store, player, steps) {
  const set = (name) => (value) => { store.begin(); store.change({ [name]: value }); };
  const range = (name, label, min, max, step, format) => ({ name, ...slider({
    name, label, min, max, step, format, say: label, done: store.end,
    input: name === "step" ? (value) => { player.stop(); set(name)(value); } : set(name),
  }) });
  const sliders = [
    range("step", "step", 0, steps, 1, (v) => fixed(v, 0)),
    range("blur", "blur of the picture", 0, 4, 0.25, (v) => `${fixed(v)} px`),
    range("rate", "rate", 0.005, 0.1, 0.005, (v) => fixed(v, 3)),
  ];
  const pick = (name, label, options) => ({ name, ...choice({ name, label, options, pick: (value) => store.once({ [name]: value }) }) });
  const picks = [
    pick("numbers", "free numbers", [[2, "2"], [3, "3"], [6, "6"]]),
    pick("basin", "all starts", [[false, "hide"], [true, "show which succeed"]]),
  ];
  const run = button("Run", player.press);
  const foot = footLine(store, HINT, run);
  const node = h("div", { class: "stn-controls" },
    h("div", { class: "stn-sliders" }, ...sliders.map((each) => each.node)),
    h("div", { class: "stn-choices" }, ...picks.map((each) => each.node)), foot.node);
  function update(state) {
    const values = { ...state, numbers: state.count };
    for (const { name, set: put } of [...sliders, ...picks]) put(values[name]);
    show(run, player.word());
    foot.update();
  }
  return { node, update };
}

function build({ model, store, request }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const stage = h("div", { class: "stn-stage" }, canvas);
  const [words, basin] = [h("p"), h("p", { class: "stn-note" })];
  let [image, version, places] = [readPicture(model), 0, null];
  const steps = Array.from({ length: model.get("steps") + 1 }, (_, i) => i);
  const now = () => ({
    image, version, side: image.width, start: model.get("start"), blur: model.get("blur"),
    rate: model.get("rate"), count: model.get("numbers"), step: model.get("step"),
    basin: model.get("basin"), steps: steps.length - 1,
  });
  const work = makeWork(request, () => h("canvas"));
  const player = makePlayer(store, () => ({ step: model.get("step"), steps }), request, { whole: 5000, verb: "Run" });
  const start = startHandle(stage, store, now, () => places, player);
  stage.append(start);
  const [table, panel] = [stepPanel(), controls(store, player, steps.length - 1)];

  function paint(width, theme) {
    const state = now();
    const made = work.get(state);
    places = layoutLand(width, state.side);
    stage.style.height = `${places.height}px`;
    paintLand(fitCanvas(canvas, width, places.height), places, state, made, theme);
    placeAt(start, toMap(places.map, state.start));
    const { dots, all } = made.basin;
    show(words, verdict(made.path, state, state.start, offBy(made.path[state.step].theta, state.side)));
    show(basin, basinWords({ found: dots.filter((dot) => dot.found).length, tried: dots.length, all }));
    table.update(state, made);
    panel.update(state);
    return `${words.textContent} ${basin.textContent}`;
  }
  const newImage = () => { image = readPicture(model); version += 1; request(); };
  model.on("change:image", newImage);
  return {
    stage, paint,
    nodes: [stage, h("div", { class: "stn-caption" }, words, basin), table.node, panel.node],
    stop() { player.stop(); work.stop(); model.off("change:image", newImage); },
  };
}

export const render = (page) =>
  mountFigure(page, { label: "Alignment landscape", settings: SETTINGS, build });
