// The panels below the pictures: the formula, the reading of one pixel, and the controls.
import { decompose, fromParts, readPoint } from "../shared/warp.js";
import { choice, fixed, h, onArrows, onDrag, show, slider } from "../shared/view.js";
import { fitCanvas, footLine, NOTHING } from "../shared/figure.js";
import { LENS_SIDE, paintEmptyLens, paintLens } from "../shared/lens.js";
import { tidy } from "../shared/moves.js";
import { formula, reading } from "./words.js";

const ENTRIES = ["11", "12", "13", "21", "22", "23"].map((digits) =>
  `θ${[...digits].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join("")}`);

// One number of the matrix: drag it sideways or use the arrow keys.
function entry(index, store, now) {
  const node = h("span", {
    class: "stn-entry", role: "slider", tabindex: "0", "data-entry": index,
    "aria-label": ENTRIES[index],
    title: `${ENTRIES[index]}: drag sideways, or use the arrow keys`,
    "aria-valuemin": -3, "aria-valuemax": 3,
  });
  const changed = (theta, by) => ({ theta: tidy(theta.map((v, i) => (i === index ? v + by : v))) });
  let start = null;
  onDrag(node, {
    start: (event) => { store.begin(); start = { x: event.clientX, theta: now().theta }; },
    move: (event) => store.change(changed(start.theta, (event.clientX - start.x) / 100)),
    end: store.end,
  });
  onArrows(node, (dx, dy, large) =>
    store.nudge(`entry-${index}`, changed(now().theta, (dx || -dy) * (large ? 0.1 : 0.01))));
  return node;
}

export function formulaPanel(shown, store, now) {
  if (!shown.has("theta")) return NOTHING;
  const entries = ENTRIES.map((_, i) => entry(i, store, now));
  const cell = (kind) => h("span", { class: kind });
  const [left, right] = [[cell(), cell()], [cell(), cell(), h("span", {}, "1")]];
  const column = (cells) => h("span", { class: "stn-bracket stn-column" }, ...cells);
  const [toName, fromName] = [h("span"), h("span")];
  const matrix = h("div", { class: "stn-matrix" }, column(left), h("span", {}, "="),
    h("span", { class: "stn-bracket stn-theta" }, ...entries), column(right),
    toName, h("span"), h("span", {}, "θ"), fromName);
  const lines = [0, 1].map(() => {
    const parts = ["left", "a", "x", "b", "y", "c", "sum"].map(() => h("span"));
    const [name, a, x, b, y, c, sum] = parts;
    const node = h("p", {}, name, " = ", a, " · ", x, " ", b, " · ", y, " ", c, sum);
    return { node, name, a, x, b, y, c, sum };
  });
  const node = h("div", { class: "stn-formula", role: "group", "aria-label": "Formula" }, matrix,
    h("div", { class: "stn-lines" }, ...lines.map((line) => line.node)));
  function update({ theta, direction, pixel }, { detail }) {
    const gather = direction === "gather";
    const [to, from] = gather ? [["x", "y"], ["X", "Y"]] : [["X", "Y"], ["x", "y"]];
    const [toColour, fromColour] = gather ? ["stn-input", "stn-output"] : ["stn-output", "stn-input"];
    const source = pixel && detail ? detail.source : null;
    show(toName, gather ? "input point" : "output point");
    show(fromName, gather ? "output point" : "input point");
    theta.forEach((value, i) => {
      show(entries[i], fixed(value));
      entries[i].setAttribute("aria-valuenow", value.toFixed(2));
    });
    for (const i of [0, 1]) {
      show(left[i], source ? fixed(detail.point[i]) : to[i]);
      show(right[i], source ? fixed(source[i]) : from[i]);
      [left[i].className, right[i].className] = [toColour, fromColour];
    }
    lines.forEach((line, i) => {
      const row = formula(theta.slice(3 * i, 3 * i + 3), from, source);
      show(line.name, to[i]);
      line.name.className = toColour;
      for (const key of ["a", "x", "b", "y", "c"]) show(line[key], row[key]);
      line.x.className = line.y.className = fromColour;
      show(line.sum, row.sum);
      line.sum.className = toColour;
    });
  }
  return { node, update, text: () => "" };
}

export function readPanel(shown) {
  if (!shown.has("read")) return NOTHING;
  const lens = h("canvas", { class: "stn-lens", "aria-hidden": "true" });
  const [line, sum, note] = [h("p"), h("p", { class: "stn-sum" }), h("p", { class: "stn-note" })];
  const node = h("div", { class: "stn-read" }, lens, h("div", {}, line, sum, note));
  function update(state, made, theme) {
    const ctx = fitCanvas(lens, LENS_SIDE, LENS_SIDE);
    const gather = state.direction === "gather";
    node.classList.toggle("stn-idle", !made.detail);
    if (!made.detail) {
      show(line, gather ? "Point at a pixel of the output to see what it reads."
        : "Point at a pixel of the input to see where it lands.");
      show(sum, "");
      show(note, "");
      paintEmptyLens(ctx, theme);
      return;
    }
    const told = reading(state, made.detail);
    show(line, told.line);
    show(sum, told.sum);
    show(note, told.note);
    paintLens(ctx, lensContent(state, made), theme, gather ? theme.input : theme.output);
  }
  return { node, update, text: () => `${line.textContent} ${sum.textContent}` };
}

// The four pixels around the point, with the weight that each has in the present mode.
function lensContent(state, { detail, output }) {
  const gather = state.direction === "gather";
  const picture = gather ? state.image : { data: output, height: state.size[0], width: state.size[1] };
  const { cells, column, row } = readPoint(picture, detail.point, {
    mode: "bilinear", padding: gather ? state.padding : "zeros", alignCorners: state.alignCorners,
  });
  const weights = cells.map((cell) => detail.cells
    .filter((taken) => taken.row === cell.row && taken.column === cell.column)
    .reduce((weight, taken) => weight + taken.weight, 0));
  return { cells, column, row, weights, mode: state.mode };
}

const degrees = (value) => `${fixed((value * 180) / Math.PI, 0)}°`;
const PARTS = [
  ["rotation", "rotation", -180, 180, 1, (v) => degrees(v)],
  ["scaleX", "scale x", 0.1, 3, 0.05, fixed],
  ["scaleY", "scale y", 0.1, 3, 0.05, fixed],
  ["shear", "shear", -1.5, 1.5, 0.05, fixed],
  ["tX", "move x", -1.5, 1.5, 0.05, fixed],
  ["tY", "move y", -1.5, 1.5, 0.05, fixed],
];

function sliders(store, now) {
  return PARTS.map(([name, label, min, max, step, format]) => {
    const turn = name === "rotation" ? Math.PI / 180 : 1;
    return { name, turn, ...slider({
      name, label, min, max, step, format: (value) => format(value * turn), say: label,
      done: store.end,
      input: (value) => {
        store.begin();
        store.change({ theta: tidy(fromParts({ ...decompose(now().theta), [name]: value * turn })) });
      },
    }) };
  });
}

// Output sizes on offer: a quarter, half, all and double of the input, and the present one.
function sizes({ image, size }) {
  const scaled = (factor) => (n) => Math.max(1, Math.round(n * factor));
  const offers = [0.25, 0.5, 1, 2].map((f) => [image.height, image.width].map(scaled(f)));
  const all = [...offers, size].map((pair) => pair.join(" × "));
  return [...new Set(all)].sort((a, b) => parseInt(a) - parseInt(b)).map((word) => [word, word]);
}

function switches(shown, store, now) {
  const made = [];
  const add = (name, label, options, pick, write = (v) => v) => made.push({
    key: name, write,
    ...choice({ name, label, options, pick: pick ?? ((value) => store.once({ [name]: value })) }),
  });
  const words = (...values) => values.map((value) => [value, value]);
  if (shown.has("direction")) {
    add("direction", "direction",
      [["gather", "output → input (gather)"], ["splat", "input → output (splat)"]]);
  }
  if (shown.has("switches")) {
    add("mode", "mode", words("bilinear", "nearest"));
    add("padding_mode", "padding_mode", words("zeros", "border", "reflection"));
    add("align_corners", "align_corners", [[false, "False"], [true, "True"]]);
    add("output_size", "output size", sizes(now()), (word) => {
      const size = word.split(" × ").map(Number);
      const { pixel, direction, rows, columns } = now();
      const inStep = pixel && direction === "gather"; // the pinned pixel keeps its place
      const moved = inStep ? [(pixel[0] * size[0]) / rows, (pixel[1] * size[1]) / columns] : pixel;
      store.once({ output_size: size, pixel: moved && moved.map(Math.floor) });
    }, (size) => size.join(" × "));
  }
  return made;
}

const hint = (shown) => "Drag a corner, \u21bb or \u2725, " +
  `${shown.has("theta") ? "or a dotted number sideways, " : ""}or use the arrow keys. ` +
  "Shift takes larger steps, and lets a dragged corner slant the grid.";

export function controlPanel(shown, store, now) {
  const moves = shown.has("sliders") ? sliders(store, now) : [];
  const picks = switches(shown, store, now);
  const foot = footLine(store, hint(shown));
  const rows = [
    moves.length && h("div", { class: "stn-sliders", role: "group", "aria-label": "Parts of θ" },
      ...moves.map((move) => move.node)),
    picks.length && h("div", { class: "stn-choices" }, ...picks.map((pick) => pick.node)),
    foot.node,
  ];
  const node = h("div", { class: "stn-controls" }, ...rows.filter(Boolean));
  function update(state) {
    const parts = decompose(state.theta);
    for (const { name, turn, set } of moves) set(parts[name] / turn);
    const values = {
      direction: state.direction, mode: state.mode, padding_mode: state.padding,
      align_corners: state.alignCorners, output_size: state.size,
    };
    for (const { key, write, set, enable } of picks) {
      set(write(values[key]));
      enable(key !== "padding_mode" || state.direction === "gather"); // splatting reads nothing outside
    }
    foot.update();
  }
  return { node, update, text: () => "" };
}
