// The hand on the volume figure: it moves the box in the plane of the screen, turns the box by the end of
// its axis Z, and turns the view.
import { clamp } from "../shared/numbers.js";
import { onStage } from "./layout.js";
import {
  apply,
  halfOf,
  length,
  linearOf,
  middleOf,
  multiply,
  thetaOf,
  transpose,
  turnTo,
} from "./space.js";
import { boxOf, viewOf } from "./state.js";
import { HANDLES } from "./words.js";

const [STICK, DEGREES, EDGE] = [0.34, 0.5, 20]; // out of the box; of a pixel; pixels from the frame
const APART = 30; // pixels between two hands
const stepOf = (large) => (large ? 0.2 : 0.05);

// The end of the box's axis, in the view: before its front (side −1) or behind its back (1).
export function aimOf({ middle, deep }, seen, side) {
  const reach = length(deep) || 1;
  const far = (side * (reach + STICK)) / reach;
  return apply(
    seen,
    middle.map((value, i) => value + far * deep[i]),
  );
}

// θ after the box was moved by so much of the view: right and down.
function moved(state, dx, dy) {
  const half = halfOf(state.volume.size);
  const by = apply(transpose(viewOf(state.view)), [dx, dy, 0]);
  const middle = middleOf(state.theta).map((v, i) => clamp(v + by[i] / half[i], -2, 2));
  return { theta: thetaOf(linearOf(state.theta, half), middle, half) };
}

// θ after the end of the box's axis was moved by so much of the view. It stays on its sphere; beyond
// the rim it comes back on the other side.
function aimed(state, dx, dy) {
  const half = halfOf(state.volume.size);
  const box = boxOf(state.theta, half);
  const seen = viewOf(state.view);
  const middle = apply(seen, box.middle);
  const from = aimOf(box, seen, -1).map((value, i) => value - middle[i]);
  const reach = length(from);
  const flat = [from[0] + dx, from[1] + dy];
  const out = Math.hypot(...flat) / reach;
  const near = out > 1 ? Math.max(2 - out, 0) / out : 1;
  const [x, y] = flat.map((value) => value * near);
  const side = from[2] > 0 === out > 1 ? -1 : 1;
  const to = [x, y, side * Math.sqrt(Math.max(reach * reach - x * x - y * y, 0))];
  const turn = multiply(transpose(seen), multiply(turnTo(from, to), seen));
  return { theta: thetaOf(multiply(turn, box.linear), middleOf(state.theta), half) };
}

const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;

// The view, turned by so many degrees.
const turned = ({ view: [across, up] }, dx, dy) => ({
  view: [wrapped(Math.round(across - dx)), clamp(Math.round(up + dy), -90, 90)],
});

// Of a pixel along the lower edge, where the hand that turns the view stands.
const degreesOf = (side) => 360 / (side - 2 * EDGE);

const dragged =
  (change) =>
  ({ state, places, at }, [x, y]) =>
    change(state, (x - at[0]) / places.unit, (y - at[1]) / places.unit);
const dragView = ({ state, at }, [x, y]) =>
  turned(state, DEGREES * (x - at[0]), DEGREES * (y - at[1]));

// A handle never leaves the view, so that it can always be caught.
function kept(places, [x, y]) {
  const [left, top, side] = places.view;
  return [clamp(x, left + EDGE, left + side - EDGE), clamp(y, top + EDGE, top + side - EDGE)];
}

// Where the hand turns the box: at the end of its axis, but never on the hand that moves it.
function aimSpot(places, { box, seen }) {
  const [x0, y0] = onStage(places, apply(seen, box.middle));
  const [x, y] = onStage(places, aimOf(box, seen, -1));
  const away = Math.hypot(x - x0, y - y0);
  if (away >= APART) return kept(places, [x, y]);
  const [dx, dy] = away < 1 ? [0, -1] : [(x - x0) / away, (y - y0) / away];
  return kept(places, [x0 + APART * dx, y0 + APART * dy]);
}

export const hands = (_, made) => [
  {
    id: "middle",
    kind: "of-box",
    label: HANDLES.middle,
    text: "\u2725",
    spot: (places) => kept(places, onStage(places, apply(made.seen, made.box.middle))),
    move: dragged(moved),
    keys: (dx, dy, large, state) => moved(state, stepOf(large) * dx, stepOf(large) * dy),
  },
  {
    id: "aim",
    kind: "of-box",
    label: HANDLES.aim,
    text: "Z",
    spot: (places) => aimSpot(places, made),
    move: dragged(aimed),
    keys: (dx, dy, large, state) => aimed(state, stepOf(large) * dx, stepOf(large) * dy),
  },
  {
    id: "view",
    label: HANDLES.view,
    text: "\u21bb",
    spot: ({ view: [left, top, side] }, { view: [across] }) => [
      left + side / 2 - across / degreesOf(side),
      top + side - EDGE,
    ],
    move: ({ state, places, at }, [x, y]) =>
      turned(state, degreesOf(places.view[2]) * (x - at[0]), DEGREES * (y - at[1])),
    keys: (dx, dy, large, state) => turned(state, (large ? 15 : 3) * dx, (large ? 15 : 3) * dy),
  },
];

// A mouse may take the volume anywhere in the view.
export const surface = {
  cursor: "grab",
  holds({ view: [left, top, side] }, _, [x, y]) {
    return x > left && y > top && x < left + side && y < top + side;
  },
  move: dragView,
};
