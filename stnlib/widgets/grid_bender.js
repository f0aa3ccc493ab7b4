// GridBender: one picture and the grid of any family; the hand drags the points a map is made of.
import { axis, sample } from "./warp.js";
import {
  announcer, choice, h, handle, oncePerFrame, pixels, readTheme, watchTheme,
} from "./view.js";
import { makeStore } from "./store.js";
import { adopt, bentGrid, dragPoint, familyOf, held } from "./warp_families.js";
import { fromScreen } from "./picture.js";
import { keepInside, onScreen, paintBend, placePanels } from "./bend_scene.js";

const SETTINGS = ["family", "control_grid", "theta"];
const NAMES = [
  "attention", "similarity", "affine", "projective", "piece-wise affine", "thin plate spline",
];
const KEEPS = {
  attention: "Lines, parallels, angles and directions are kept.",
  similarity: "Lines, parallels and angles are kept.",
  affine: "Lines and parallels are kept, angles are not.",
  projective: "Lines stay straight; parallels are not kept.",
  "piece-wise affine": "Lines stay straight inside each triangle, and break at its edges.",
  "thin plate spline": "Lines bend, as little as the control points allow.",
};
const GRIDS = [[2, 2], [3, 3], [4, 4]];
const HINT = "Drag a point, or use the arrow keys; Shift takes larger steps.";

function readImage(model) {
  const { data, shape: [height, width] } = model.get("image");
  const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, height * width);
  const values = Float32Array.from(bytes, (byte) => byte / 255);
  return { data: values, height, width, canvas: pixels(values, height, width) };
}

const keep = (numbers) => numbers.map((value) => Math.round(value * 1e4) / 1e4);

// Everything that follows from the settings.
function derive(model, image, canvas) {
  const [name, size, theta] = SETTINGS.map((key) => model.get(key));
  const family = familyOf(name, size);
  const jet = family.jet(theta);
  const bent = bentGrid(jet, axis(image.width, false), axis(image.height, false));
  const options = { mode: "bilinear", padding: "zeros", alignCorners: false };
  const output = sample(image, bent.grid, options);
  return {
    name, theta, family, jet, ...bent, anchors: family.anchors, held: held(family, theta),
    linear: family.linearPart?.(theta), inputCanvas: image.canvas,
    outputCanvas: pixels(output, image.height, image.width, canvas),
  };
}

function words({ name, theta, folded, linear }) {
  const over = folded.reduce((sum, flag) => sum + flag, 0);
  const folds = over ? `At ${over} of ${folded.length} points (crosses) the grid is turned over.`
    : "Nothing is turned over.";
  const parts = linear ? " Dashed: the linear part; the lines from there are the bending." : "";
  return `${name[0].toUpperCase()}${name.slice(1)}: ${theta.length} numbers. ${KEEPS[name]} ${folds}${parts}`;
}

// The switches below the pictures: family and control grid; both keep the grid as it lies.
function controls(model, store) {
  const turnTo = (name, size) => {
    const jet = familyOf(model.get("family"), model.get("control_grid")).jet(model.get("theta"));
    const theta = adopt(familyOf(name, size), jet);
    if (theta) store.once({ family: name, control_grid: size, theta: keep(theta) });
  };
  const own = model.get("control_grid");
  const offers = GRIDS.some((size) => `${size}` === `${own}`) ? GRIDS : [...GRIDS, own];
  const names = choice({
    name: "family", label: "family", options: NAMES.map((name) => [name, name]),
    pick: (name) => turnTo(name, model.get("control_grid")),
  });
  const grids = choice({
    name: "control_grid", label: "control points",
    options: offers.map((size) => [size.join(" × "), size.join(" × ")]),
    pick: (word) => turnTo(model.get("family"), word.split(" × ").map(Number)),
  });
  const button = (word, action) => h("button", {
    type: "button", class: "stn-button", "data-action": word.toLowerCase(), onclick: action,
  }, word);
  const [undo, reset] = [button("Undo", store.undo), button("Reset", store.reset)];
  const node = h("div", { class: "stn-controls" }, names.node, grids.node,
    h("div", { class: "stn-foot" }, h("p", { class: "stn-note" }, HINT),
      h("div", { class: "stn-buttons" }, undo, reset)));
  const update = ({ name, family }) => {
    names.set(name);
    grids.set(model.get("control_grid").join(" × "));
    grids.enable(Boolean(familyOf(name, [2, 2]) !== familyOf(name, [3, 3])));
    undo.disabled = !store.undoable();
  };
  return { node, update };
}

function render({ model, el }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const titles = ["Input", "Output"].map((word) =>
    h("p", { class: `stn-title stn-${word.toLowerCase()}` }, word));
  const stage = h("div", { class: "stn-stage" }, canvas, ...titles);
  const caption = h("p", { class: "stn-caption" });
  const spoken = h("p", { class: "stn-spoken", "aria-live": "polite" });
  const root = h("div", {
    class: "stn-figure", role: "group", "aria-label": "Grid bender",
    "data-lm-suppress-shortcuts": "true",
  }, stage, caption, spoken);
  let [image, theme, places, made, nodes] = [readImage(model), null, null, null, []];
  const scratch = h("canvas");
  const request = oncePerFrame(repaint);
  const store = makeStore(model, SETTINGS, request);
  const panel = controls(model, store);
  root.append(panel.node);
  root.addEventListener("keydown", (event) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); store.undo(); }
  });
  const say = announcer(spoken);

  const now = () => [familyOf(model.get("family"), model.get("control_grid")), model.get("theta")];
  const put = (change, theta) => { if (theta) change({ theta: keep(theta) }); };

  function grip(index, count) {
    let from = null;
    const at = (event) => {
      const { left, top } = stage.getBoundingClientRect();
      return fromScreen(places.input, [event.clientX - left, event.clientY - top]);
    };
    const spot = () => held(...now())[index];
    const drag = {
      start: (event) => { from = { start: at(event), spot: spot() }; store.begin(); },
      move: (event) => {
        const [x, y] = at(event);
        const to = [from.spot[0] + x - from.start[0], from.spot[1] + y - from.start[1]];
        put(store.change, dragPoint(...now(), index, to));
      },
      end: store.end,
    };
    const arrows = (dx, dy, large) => {
      const step = large ? 0.1 : 0.02;
      const [x, y] = spot();
      const theta = dragPoint(...now(), index, [x + step * dx, y + step * dy]);
      put((values) => store.nudge(`point-${index}`, values), theta);
    };
    const label = `Point ${index + 1} of ${count}: drag, or use the arrow keys.`;
    return handle({ id: `point-${index}`, label, drag, arrows });
  }

  // One handle for each point that the family has; made anew only when their number changes.
  function placeHandles() {
    if (nodes.length !== made.held.length) {
      nodes.forEach((node) => node.remove());
      nodes = made.held.map((_, index) => grip(index, made.held.length));
      stage.append(...nodes);
    }
    made.held.forEach((point, index) => {
      const [x, y] = keepInside(places.input, onScreen(places.input, point));
      nodes[index].style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    });
  }

  function repaint() {
    const width = stage.clientWidth;
    if (!width) return;
    theme ??= readTheme(root);
    made = derive(model, image, scratch);
    places = placePanels(width, [image.height, image.width]);
    const ratio = window.devicePixelRatio || 1;
    const size = [places.width, places.height].map((value) => Math.round(value * ratio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size;
      stage.style.height = `${places.height}px`;
    }
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintBend(ctx, places, made, theme);
    placeHandles();
    [places.input, places.output].forEach(({ cx, cy, ux, uy }, i) => Object.assign(titles[i].style, {
      left: `${cx - ux}px`, bottom: `${places.height - (cy - uy) + 4}px`,
    }));
    caption.textContent = words(made);
    panel.update(made);
    say(caption.textContent);
    store.save();
  }

  const newImage = () => { image = readImage(model); request(); };
  for (const key of SETTINGS) model.on(`change:${key}`, request);
  model.on("change:image", newImage);
  const stopTheme = watchTheme(() => { theme = null; request(); });
  const resize = new ResizeObserver(request);
  el.append(root);
  resize.observe(stage);
  repaint();
  return () => {
    request.cancel();
    stopTheme();
    resize.disconnect();
    for (const key of SETTINGS) model.off(`change:${key}`, request);
    model.off("change:image", newImage);
  };
}

export default { render };
