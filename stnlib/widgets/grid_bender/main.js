// GridBender: one picture and the grid of any family; the hand drags the points a map is made of.
import { axis, sample } from "../shared/warp.js";
import { choice, h, handle, pixels } from "../shared/view.js";
import { fitCanvas, footLine, mountFigure, placeAt, readPicture } from "../shared/figure.js";
import { adopt, bentGrid, dragPoint, familyOf, held } from "./families.js";
import { fromScreen } from "../shared/picture.js";
import { keepInside, onScreen, paintBend, placePanels } from "./scene.js";

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
    store.once(theta ? { family: name, control_grid: size, theta: keep(theta) } : {});
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
  const foot = footLine(store, HINT);
  const node = h("div", { class: "stn-controls" }, names.node, grids.node, foot.node);
  const update = ({ name }) => {
    names.set(name);
    grids.set(model.get("control_grid").join(" × "));
    grids.enable(familyOf(name, [2, 2]) !== familyOf(name, [3, 3]));
    foot.update();
  };
  return { node, update };
}

// The handles: one for each point that the family holds; made anew only when their number changes.
function addHand({ model, store, stage, look }) {
  let nodes = [];
  const now = () => [familyOf(model.get("family"), model.get("control_grid")), model.get("theta")];
  const at = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return fromScreen(look().input, [event.clientX - left, event.clientY - top]);
  };
  const pull = (change, index, place) => {
    const theta = dragPoint(...now(), index, place);
    if (theta) change({ theta: keep(theta) });
  };
  function grip(index, count) {
    let from = null;
    const spot = () => held(...now())[index];
    const drag = {
      start: (event) => { from = { start: at(event), spot: spot() }; store.begin(); },
      move: (event) => {
        const [x, y] = at(event);
        pull(store.change, index,
          [from.spot[0] + x - from.start[0], from.spot[1] + y - from.start[1]]);
      },
      end: store.end,
    };
    const arrows = (dx, dy, large) => {
      const [step, [x, y]] = [large ? 0.1 : 0.02, spot()];
      pull((values) => store.nudge(`point-${index}`, values), index, [x + step * dx, y + step * dy]);
    };
    const label = `Point ${index + 1} of ${count}: drag, or use the arrow keys.`;
    return handle({ id: `point-${index}`, label, drag, arrows });
  }
  return (points) => {
    if (nodes.length !== points.length) {
      nodes.forEach((node) => node.remove());
      nodes = points.map((_, index) => grip(index, points.length));
      stage.append(...nodes);
    }
    const { input } = look();
    points.forEach((point, index) => placeAt(nodes[index], keepInside(input, onScreen(input, point))));
  };
}

function build({ model, store }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const titles = ["Input", "Output"].map((word) =>
    h("p", { class: `stn-title stn-${word.toLowerCase()}` }, word));
  const stage = h("div", { class: "stn-stage" }, canvas, ...titles);
  const caption = h("p", { class: "stn-caption" });
  const [panel, scratch] = [controls(model, store), h("canvas")];
  let [places, image, bytes] = [null, null, null];
  const placeHandles = addHand({ model, store, stage, look: () => places });

  function paint(width, theme) {
    if (bytes !== model.get("image")) [bytes, image] = [model.get("image"), readPicture(model)];
    const made = derive(model, image, scratch);
    places = placePanels(width, [image.height, image.width]);
    stage.style.height = `${places.height}px`;
    paintBend(fitCanvas(canvas, places.width, places.height), places, made, theme);
    placeHandles(made.held);
    [places.input, places.output].forEach(({ cx, ux }, i) =>
      Object.assign(titles[i].style, { left: `${cx - ux}px`, top: "0" }));
    caption.textContent = words(made);
    panel.update(made);
    return caption.textContent;
  }
  return { nodes: [stage, caption, panel.node], stage, paint };
}

export const render = (context) =>
  mountFigure(context, { label: "Grid bender", settings: SETTINGS, watched: ["image"], build });
