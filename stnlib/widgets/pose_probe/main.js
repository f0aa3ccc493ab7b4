// PoseProbe: a hand on the pose of a grid, a trained classifier behind it, the map of its loss.
import { choice, fixed, h, handle, pixels, show, slider } from "../shared/view.js";
import { fitCanvas, footLine, mountFigure, placeAt } from "../shared/figure.js";
import { fromScreen, toScreen } from "../shared/picture.js";
import { mapPoint } from "../shared/warp.js";
import { decodeLayer } from "./net.js";
import { mapCanvas } from "../shared/heat_map.js";
import { lattice, lookAt, lossesAt, MOVE, offsetOf, TURN, verdict } from "./state.js";
import { COLOURS, fromMap, layoutProbe, paintProbe, toMap } from "./scene.js";

const SETTINGS = ["picture", "network", "offset"];
const [COARSE, FINE_MAP, SLICE] = [11, 31, 6]; // lattices of the map; ms of work in a frame
const KEYS = "left and right keys move the grid, up and down keys turn it";
const HINT = "Turn and move the grid, or drag the dot over the map; arrow keys work too. " +
  "The cross is the true pose, the ring what the localisation network chose.";

const keepOffset = ([degrees, shift]) => {
  const keep = (value, reach) => Math.min(Math.max(value, -reach), reach);
  return [Math.round(keep(degrees, TURN)), Number(keep(shift, MOVE).toFixed(1))].map((v) => v + 0);
};

// The map of the loss: a coarse one at once, a fine one a little in every frame.
function makeMap(request) {
  const made = { map: h("canvas"), scratch: h("canvas") };
  let [key, job, frame] = ["", null, 0];
  function* fine(state) {
    const places = lattice(FINE_MAP);
    const losses = new Float64Array(places.length);
    for (let i = 0; i < places.length; i += 8) {
      losses.set(lossesAt(state, places.slice(i, i + 8)), i);
      yield;
    }
    mapCanvas(losses, FINE_MAP, made.map, COLOURS);
  }
  function work() {
    const until = performance.now() + SLICE;
    while (job && performance.now() < until) if (job.next().done) job = null;
    frame = job ? requestAnimationFrame(work) : 0;
    if (!job) request();
  }
  function get(state) {
    const now = JSON.stringify([state.picture, state.network]);
    if (now !== key) {
      key = now;
      mapCanvas(lossesAt(state, lattice(COARSE)), COARSE, made.map, COLOURS);
      job = fine(state);
      frame ||= requestAnimationFrame(work);
    }
    return made;
  }
  return { get, busy: () => Boolean(job), stop: () => cancelAnimationFrame(frame) };
}

// Pictures with their maps; one canvas each.
function readPictures(model) {
  const { data, shape: [count, height, width] } = model.get("images");
  const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, count * height * width);
  const [aligned, chosen, labels] = ["aligned", "chosen", "labels"].map((name) => model.get(name));
  return labels.map((label, i) => {
    const one = bytes.subarray(i * height * width, (i + 1) * height * width);
    const values = Float32Array.from(one, (byte) => byte / 255);
    const image = { data: values, height, width, canvas: pixels(values, height, width) };
    return { label, image, aligned: aligned[i], chosen: offsetOf(chosen[i], aligned[i], width) };
  });
}

function addHandles(stage, store, now, places) {
  const at = ({ clientX, clientY }) => {
    const { left, top } = stage.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const onGrid = (event) => fromScreen(places().input, at(event));
  const angleAt = ([x, y], { theta }) => (Math.atan2(y - theta[5], x - theta[2]) * 180) / Math.PI;
  const step = (dx, dy, large) => {
    const [degrees, shift] = now().offset;
    return keepOffset([degrees + 2 * dy * (large ? 5 : 1), shift + 0.2 * dx * (large ? 5 : 1)]);
  };
  // `read` gives what the pointer stands for; the offset changes by as much as that does.
  const add = (id, label, text, read) => {
    let from = null;
    const node = handle({
      id, label, text,
      drag: {
        start(event) { from = { offset: now().offset, theta: now().theta, put: read(event, now()) }; store.begin(); },
        move(event) {
          const put = read(event, from).map((value, i) => value - from.put[i]);
          put[0] = id === "rotate" ? ((put[0] + 540) % 360) - 180 : put[0];
          store.change({ offset: keepOffset(from.offset.map((value, i) => value + put[i])) });
        },
        end: store.end,
      },
      arrows: (dx, dy, large) => store.nudge(id, { offset: step(dx, dy, large) }),
    });
    stage.append(node);
    return node;
  };
  return {
    spot: add("spot", `Angle and shift: drag over the map; ${KEYS}.`, "",
      (event) => fromMap(places().map, at(event))),
    move: add("move", `Move the grid to the side: drag; ${KEYS}.`, "\u2194",
      (event) => [0, (onGrid(event)[0] * now().image.width) / 2]),
    rotate: add("rotate", `Turn the grid: drag; ${KEYS}.`, "\u21bb",
      (event, state) => [angleAt(onGrid(event), state), 0]),
  };
}

function controls(model, store, pictures) {
  const put = (index) => (value) => {
    const offset = [...model.get("offset")];
    offset[index] = value;
    store.begin();
    store.change({ offset: keepOffset(offset) });
  };
  const sliders = [["angle", TURN, 1, (v) => `${fixed(v, 0)}°`], ["shift", MOVE, 0.1, (v) => `${fixed(v, 1)} px`]]
    .map(([name, reach, step, format], i) => slider({
      name, label: name, min: -reach, max: reach, step, format,
      say: `${name} from the true pose`, input: put(i), done: store.end,
    }));
  const pick = (name, label, options) => choice({ name, label, options, pick: (value) => store.once({ [name]: value }) });
  const names = model.get("networks").map(({ name }) => [name, name]);
  const picks = [
    pick("picture", "digit", pictures.map(({ label }, i) => [i, `${label}`])),
    pick("network", "classifier", names),
  ];
  const foot = footLine(store, HINT);
  const node = h("div", { class: "stn-controls" },
    h("div", { class: "stn-sliders" }, ...sliders.map((each) => each.node)),
    h("div", {}, ...picks.map((each) => h("div", { class: "stn-choices" }, each.node))), foot.node);
  function update({ offset, picture, network }) {
    sliders.forEach(({ set }, i) => set(offset[i]));
    picks[0].set(picture);
    picks[1].set(network);
    foot.update();
  }
  return { node, update };
}

function build({ model, root, store, request }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const stage = h("div", { class: "stn-stage" }, canvas);
  const words = h("p", { class: "stn-caption" });
  const pictures = readPictures(model);
  const networks = model.get("networks").map(({ name, layers }) => [name, layers.map(decodeLayer)]);
  const size = model.get("output_size");
  let [places, seen] = [null, null];
  const now = () => {
    const [picture, network] = [model.get("picture"), model.get("network")];
    return {
      ...pictures[picture], picture, network, size, offset: model.get("offset"),
      layers: networks.find(([name]) => name === network)[1], theta: seen?.theta,
    };
  };
  const map = makeMap(request);
  const hands = addHandles(stage, store, now, () => places);
  const panel = controls(model, store, pictures);

  function paint(width, theme) {
    const state = now();
    const made = map.get(state);
    root.setAttribute("aria-busy", map.busy());
    seen = lookAt(state);
    places = layoutProbe(width, [state.image.height, state.image.width], size);
    stage.style.height = `${places.height}px`;
    paintProbe(fitCanvas(canvas, width, places.height), places, state, seen, made, theme);
    placeAt(hands.spot, toMap(places.map, state.offset));
    placeAt(hands.move, toScreen(places.input, mapPoint(seen.theta, [0, 0])));
    placeAt(hands.rotate, toScreen(places.input, mapPoint(seen.theta, [0, -1])));
    show(words, verdict(seen, state));
    panel.update(state);
    return words.textContent;
  }
  return { stage, paint, nodes: [stage, words, panel.node], stop: map.stop };
}

export const render = (page) => mountFigure(page, { label: "Pose probe", settings: SETTINGS, build });
