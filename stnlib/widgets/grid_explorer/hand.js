// The hand on the grid explorer: handles, dragging inside the grid, choosing a pixel.
import { determinant, mapPoint } from "../shared/warp.js";
import { handle, onArrows, onDrag } from "../shared/view.js";
import { box, CORNERS, fromScreen } from "../shared/picture.js";
import { LETTERS } from "./scene.js";
import { dragCorner, moveBy, nudgeCorner, tidy, turnBy } from "../shared/moves.js";

const HINTS = {
  corner: (letter) => `Corner ${letter} of the grid: drag, or use the arrow keys. ` +
    "The opposite corner stays; with Shift the opposite side stays and the grid slants.",
  rotate: "Turn the grid: drag, or use the arrow keys.",
  move: "Move the grid: drag, or use the arrow keys.",
};
const DEGREE = Math.PI / 180;

const shift = (theta, [x0, y0], [x, y]) => moveBy(theta, [x - x0, y - y0]);

function turn(theta, [x0, y0], [x, y], { shiftKey }) {
  const [cx, cy] = [theta[2], theta[5]];
  const angle = Math.atan2(y - cy, x - cx) - Math.atan2(y0 - cy, x0 - cx);
  return turnBy(theta, shiftKey ? Math.round(angle / (15 * DEGREE)) * 15 * DEGREE : angle);
}

const pull = (corner) => (theta, [x0, y0], [x, y], { shiftKey }) => {
  const [cx, cy] = mapPoint(theta, corner);
  return dragCorner(theta, corner, [cx + x - x0, cy + y - y0], shiftKey);
};

const isInside = (theta, [x, y]) => {
  const [u, v] = [x - theta[2], y - theta[5]];
  const reach = Math.max(Math.abs(theta[4] * u - theta[1] * v), Math.abs(theta[0] * v - theta[3] * u));
  return reach <= Math.abs(determinant(theta));
};

// `look` gives the present {state, places}; `store` takes the changes.
export function addHand({ stage, canvas, picker, store, look, hover }) {
  const at = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const onGrid = (event) => fromScreen(look().places.moving, at(event));
  const theta = () => look().state.theta;
  const dragged = (compute) => {
    let from = null;
    return {
      start: (event) => { from = { theta: theta(), point: onGrid(event) }; store.begin(); },
      move: (event) =>
        store.change({ theta: tidy(compute(from.theta, from.point, onGrid(event), event)) }),
      end: store.end,
    };
  };
  const add = (id, label, text, compute, step) => {
    const arrows = (dx, dy, large) => store.nudge(id, { theta: tidy(step(theta(), dx, dy, large)) });
    const node = handle({ id, label, text, drag: dragged(compute), arrows });
    stage.append(node);
    return node;
  };
  const length = (large) => (large ? 0.1 : 0.02);

  const grab = dragged(shift); // a mouse may take the grid anywhere; a finger there scrolls the page
  onDrag(canvas, { ...grab, start: (event) =>
    event.pointerType === "mouse" && isInside(theta(), onGrid(event)) ? grab.start(event) : false });
  canvas.addEventListener("pointermove", (event) => {
    canvas.style.cursor = isInside(theta(), onGrid(event)) ? "move" : "";
  });
  addPicker({ picker, store, look, hover, at });
  return {
    move: add("move", HINTS.move, "\u2725", shift, (now, dx, dy, large) =>
      moveBy(now, [dx * length(large), dy * length(large)])),
    rotate: add("rotate", HINTS.rotate, "\u21bb", turn, (now, dx, dy, large) =>
      turnBy(now, (dx || dy) * (large ? 15 : 2) * DEGREE)),
    corners: CORNERS.map((corner, i) =>
      add(`corner-${LETTERS[i]}`, HINTS.corner(LETTERS[i]), LETTERS[i], pull(corner),
        (now, dx, dy, large) => nudgeCorner(now, corner, [dx * length(large), dy * length(large)]))),
  };
}

// Point at a pixel of the still picture: hover shows it, a click or the arrow keys keep it.
function addPicker({ picker, store, look, hover, at }) {
  const pixelAt = (event) => {
    const { state, places } = look();
    const [left, top, width, height] = box(places.still, state.alignCorners);
    const [x, y] = at(event);
    const index = (part, n) => Math.min(Math.max(Math.floor(part * n), 0), n - 1);
    return [index((y - top) / height, state.rows), index((x - left) / width, state.columns)];
  };
  picker.addEventListener("pointermove", (event) => hover(pixelAt(event)));
  picker.addEventListener("pointerleave", () => hover(null));
  picker.addEventListener("click", (event) => {
    if (event.detail) store.change({ pixel: pixelAt(event) }); // 0: the Enter key, which has no place
  });
  onArrows(picker, (dx, dy, large) => {
    const { rows, columns, pixel } = look().state;
    const [row, column] = pixel ?? [rows >> 1, columns >> 1];
    const by = large ? 5 : 1;
    const keep = (value, n) => Math.min(Math.max(value, 0), n - 1);
    hover(null);
    store.change({ pixel: [keep(row + dy * by, rows), keep(column + dx * by, columns)] });
  });
}
