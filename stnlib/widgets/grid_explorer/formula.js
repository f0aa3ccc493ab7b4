// The formula panel of the grid explorer: the matrix, whose numbers can be dragged, and both lines.
import { h, show } from "../shared/dom.js";
import { onArrows, onDrag } from "../shared/hands.js";
import { tidy } from "../shared/moves.js";
import { fixed } from "../shared/numbers.js";
import { formula, matrixNames } from "./words.js";

// One number of the matrix: drag it sideways or use the arrow keys.
function entry(index, { store, now }) {
  const node = h("span", {
    class: "stn-entry",
    role: "slider",
    tabindex: "0",
    "data-entry": index,
    "aria-valuemin": -3,
    "aria-valuemax": 3,
  });
  const changed = (theta, by) => ({ theta: tidy(theta.map((v, i) => (i === index ? v + by : v))) });
  let start = null;
  onDrag(node, {
    start(event) {
      store.begin();
      start = { x: event.clientX, theta: now().theta };
    },
    move: (event) => store.change(changed(start.theta, (event.clientX - start.x) / 100)),
    end: store.end,
  });
  onArrows(node, (dx, dy, large) =>
    store.nudge(`entry-${index}`, changed(now().theta, (dx || -dy) * (large ? 0.1 : 0.01))),
  );
  return node;
}

const spans = (count) => Array.from({ length: count }, () => h("span"));
const column = (...cells) => h("span", { class: "stn-bracket stn-column" }, ...cells);

// The point on the left, the matrix and the point on the right, with what each of them is.
function matrix(tools) {
  const entries = [0, 1, 2, 3, 4, 5].map((i) => entry(i, tools));
  const [left, right, names] = [spans(2), spans(2), spans(2)];
  const own = h("span");
  const columns = [left, right];
  const node = h(
    "div",
    { class: "stn-matrix" },
    column(...left),
    h("span", {}, "="),
    h("span", { class: "stn-bracket stn-theta" }, ...entries),
    column(...right, h("span", {}, "1")),
    names[0],
    h("span"),
    own,
    names[1],
  );
  function update({ theta, direction }, sides) {
    const { matrix, numbers } = matrixNames(direction);
    show(own, matrix);
    theta.forEach((value, i) => {
      show(entries[i], fixed(value));
      entries[i].setAttribute("aria-label", numbers[i]);
      entries[i].title = `${numbers[i]}: drag sideways, or use the arrow keys`;
      entries[i].setAttribute("aria-valuenow", value.toFixed(2));
    });
    sides.forEach(({ point, letters, name, kind }, side) => {
      show(names[side], name);
      columns[side].forEach((cell, i) => {
        show(cell, point ? fixed(point[i]) : letters[i]);
        cell.className = kind;
      });
    });
  }
  return { node, update };
}

const PARTS = ["a", "x", "b", "y", "c", "sum"];

// One row of the formula, written out.
function line(row) {
  const left = h("span");
  const parts = PARTS.map(() => h("span"));
  const [a, x, b, y, c, sum] = parts;
  const node = h("p", {}, left, " = ", a, " · ", x, " ", b, " · ", y, " ", c, sum);
  /** @type {(state: any, sides: any[]) => void} */
  function update({ theta }, [to, from]) {
    const told = formula(theta.slice(3 * row, 3 * row + 3), from.letters, from.point);
    show(left, to.letters[row]);
    for (const [i, key] of PARTS.entries()) show(parts[i], told[key]);
    left.className = sum.className = to.kind;
    x.className = y.className = from.kind;
  }
  return { node, update };
}

const INPUT = { letters: ["x", "y"], name: "input point", kind: "stn-input" };
const OUTPUT = { letters: ["X", "Y"], name: "output point", kind: "stn-output" };

export function formulaPanel(tools) {
  const parts = [matrix(tools), line(0), line(1)];
  const [first, ...lines] = parts.map((part) => part.node);
  const node = h(
    "div",
    { class: "stn-formula", role: "group", "aria-label": "Formula" },
    first,
    h("div", { class: "stn-lines" }, ...lines),
  );
  function update(state, { detail }) {
    const [to, from] = state.direction === "gather" ? [INPUT, OUTPUT] : [OUTPUT, INPUT];
    const sides = [
      { ...to, point: detail?.point },
      { ...from, point: detail?.source },
    ];
    for (const part of parts) part.update(state, sides);
  }
  return { node, update };
}
