// TrainingReplay: a recorded run, or two side by side, to play and to scrub.
import { choice, fixed, h, handle, onDrag, pixels, show, slider } from "../shared/view.js";
import { button, fitCanvas, mountFigure, placeAt } from "../shared/figure.js";
import { decodeRun, errorAt, partsOf, readAt, recordAt, stepsOf } from "./state.js";
import { layoutPictures, layoutStrip, paintBlock, paintStrip } from "./scene.js";
import { layoutCharts, paintCharts, stepAt, xOf } from "./charts.js";
import { makePlayer, nearestStep, stepBy } from "../shared/player.js";

const SETTINGS = ["step", "digit", "left", "right"];

// The probe pictures as numbers 0 ... 1, each with a canvas of its pixels.
function readPictures(model) {
  const { data, shape: [count, height, width] } = model.get("images");
  const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, count * height * width);
  return Array.from({ length: count }, (_, i) => {
    const one = bytes.subarray(i * height * width, (i + 1) * height * width);
    const values = Float32Array.from(one, (byte) => byte / 255);
    return { data: values, height, width, canvas: pixels(values, height, width) };
  });
}

// What a run's grid does on this picture, and what the network gets wrong.
function sentence(run, { step, digit }, theta) {
  const { turn, scale, tX, tY } = partsOf(theta);
  const error = errorAt(run, step);
  const told = error === null ? "the error is not measured yet" : `${fixed(error, 1)} % of the test digits wrong`;
  return `${run.name}: ${told}. On picture ${digit + 1} its grid is turned by ${fixed(turn, 0)}°, ` +
    `scaled by ${fixed(scale)}, with its middle at (${fixed(tX)}, ${fixed(tY)}).`;
}

// Three digits, so that a run whose numbers explode keeps to its place.
const short = (value) => fixed(value, Math.max(0, 2 - String(Math.trunc(Math.abs(value))).length + 1));

// The six numbers of a run's θ, in two rows of three.
function matrixNode() {
  const cells = Array.from({ length: 6 }, () => h("span"));
  const node = h("div", { class: "stn-now" }, h("span", {}, "θ"),
    h("span", { class: "stn-bracket stn-theta" }, ...cells));
  return { node, set: (theta) => theta.forEach((value, i) => show(cells[i], short(value))) };
}

function makeParts(images) {
  const canvas = () => h("canvas", { "aria-hidden": "true" });
  const stage = (...nodes) => h("div", { class: "stn-stage" }, ...nodes);
  const [main, strip, charts] = [canvas(), canvas(), canvas()];
  const titles = [0, 1].map(() => h("p", { class: "stn-title" }));
  const matrices = [matrixNode(), matrixNode()];
  const columns = images.map((_, i) => h("button", {
    type: "button", class: "stn-picker", "aria-label": `Picture ${i + 1} of ${images.length}`,
  }));
  return {
    main, strip, charts, titles, matrices, columns,
    stage: stage(main, ...titles, ...matrices.map(({ node }) => node)),
    stripStage: stage(strip, ...columns), chartStage: stage(charts),
    legend: h("p", { class: "stn-note stn-legend" }), words: h("p", { class: "stn-caption" }),
  };
}

// Play, the line of steps, the knob on the curve, and which runs are shown.
function addControls({ model, store, request }, parts, runs, now, places) {
  const last = Math.max(...runs.map((run) => run.step[run.step.length - 1]));
  const player = makePlayer(store, now, request);
  const goTo = (value) => {
    const step = nearestStep(now().steps, value);
    if (step !== now().step) store.change({ step });
  };
  const begin = () => { player.stop(); store.begin(); };
  const line = slider({
    name: "step", label: "training step", min: 0, max: last, step: 1, say: "training step",
    format: (value) => `${value} of ${last}`,
    input: (value) => { begin(); goTo(value); }, done: store.end,
  });
  const move = (event) =>
    goTo(stepAt(places().error, event.clientX - parts.charts.getBoundingClientRect().left));
  const knob = handle({
    id: "step", label: "Training step: drag sideways, or use the arrow keys", text: "\u2194",
    drag: { start: begin, move, end: store.end },
    arrows: (dx, dy, large) => {
      player.stop();
      store.nudge("step", { step: stepBy(now().steps, now().step, (dx || -dy) * (large ? 5 : 1)) });
    },
  });
  onDrag(parts.charts, { // a mouse may press anywhere on the curves; a finger there scrolls the page
    start: (event) => (event.pointerType === "mouse" ? (begin(), move(event), true) : false),
    move, end: store.end,
  });
  const play = button("Play", player.press);
  const options = runs.map(({ name }) => [name, name]);
  const picks = runs.length < 3 ? [] : ["left", "right"].map((side) => ({ side, ...choice({
    name: side, label: side, pick: (name) => store.once({ [side]: name }),
    options: side === "left" ? options : [...options, [null, "none"]],
  }) }));
  const node = h("div", { class: "stn-player" }, play, line.node);
  const choices = picks.length ? h("div", { class: "stn-choices" }, ...picks.map((pick) => pick.node)) : null;
  function update(state) {
    line.set(state.step);
    show(play, player.word());
    for (const { side, set } of picks) set(model.get(side));
  }
  return { node, choices, knob, update, stop: player.stop };
}

function paintMain(parts, width, state, records, reads, theme) {
  const { runs, digit } = state;
  const { places, height } = layoutPictures(width, runs.length);
  parts.stage.style.height = `${height}px`;
  const ctx = fitCanvas(parts.main, width, height);
  ctx.clearRect(0, 0, width, height);
  parts.titles.forEach((title, k) => {
    title.hidden = parts.matrices[k].node.hidden = k >= runs.length;
    if (title.hidden) return;
    const read = reads[k][digit];
    const [left, top, , tall] = paintBlock(ctx, places[k], runs[k], records[k], state, read, theme);
    show(title, runs[k].name);
    Object.assign(title.style, { left: `${places[k].left}px`, top: `${places[k].top}px` });
    Object.assign(parts.matrices[k].node.style, { left: `${left}px`, top: `${top + tall + 8}px` });
    parts.matrices[k].set(read.theta);
  });
}

function paintSmall(parts, width, state, records, reads, theme) {
  const strip = layoutStrip(width, state.images.length, state.runs.length);
  parts.stripStage.style.height = `${strip.height}px`;
  const ctx = fitCanvas(parts.strip, width, strip.height);
  paintStrip(ctx, strip, state.runs, reads, state, theme);
  parts.columns.forEach((column, i) => {
    const style = { left: `${i * strip.cell}px`, top: "0", width: `${strip.cell}px`, height: "100%" };
    Object.assign(column.style, style);
    column.setAttribute("aria-pressed", i === state.digit);
  });
  const marks = state.runs.map((run, k) => `${run.name}${state.runs.length > 1 ? [" (solid)", " (dashed)"][k] : ""}`);
  show(parts.legend, `All pictures with the grid of ${marks.join(" and ")}; below them what ` +
    `${marks.length > 1 ? "each grid reads, in the same order" : "it reads"}. Press one to see it large.`);
}

function build({ model, root, store, request }) {
  const images = readPictures(model);
  const runs = model.get("runs").map(decodeRun);
  const parts = makeParts(images);
  const scratch = h("canvas");
  let places = null;
  const now = () => {
    const names = [model.get("left"), model.get("right")].filter((name) => name !== null);
    const shown = names.map((name) => runs.find((run) => run.name === name));
    const digit = Math.min(model.get("digit"), images.length - 1);
    return { runs: shown, steps: stepsOf(shown), step: model.get("step"), digit, images, image: images[digit], scratch };
  };
  const controls = addControls({ model, store, request }, parts, runs, now, () => places);
  parts.chartStage.append(controls.knob);
  parts.columns.forEach((column, i) => column.addEventListener("click", () => store.once({ digit: i })));

  function paint(width, theme) {
    const state = now();
    const records = state.runs.map((run) => recordAt(run, state.step));
    const reads = state.runs.map((run, k) => images.map((image, i) => readAt(run, records[k], i, image)));
    paintMain(parts, width, state, records, reads, theme);
    paintSmall(parts, width, state, records, reads, theme);
    const last = Math.max(...runs.map((run) => run.step[run.step.length - 1]));
    places = layoutCharts(width, last);
    parts.chartStage.style.height = `${places.height}px`;
    paintCharts(fitCanvas(parts.charts, width, places.height), places, state.runs, state, theme);
    placeAt(controls.knob, [xOf(places.error, state.step), places.error.top + places.error.height]);
    controls.update(state);
    const told = state.runs.map((run, k) => sentence(run, state, reads[k][state.digit].theta));
    parts.words.replaceChildren(...told.map((text) => h("span", {}, text)));
    return `Step ${state.step}. ${told.join(" ")}`;
  }
  const nodes = [controls.node, controls.choices, parts.stage, parts.words, parts.legend,
    parts.stripStage, parts.chartStage];
  return { nodes: nodes.filter(Boolean), stage: parts.stage, paint, stop: controls.stop };
}

export const render = (page) => mountFigure(page, { label: "Training replay", settings: SETTINGS, build });
