// The hand on the grid explorer: handles, dragging inside the grid, choosing a pixel.
import { dragCorner, moveBy, nudgeCorner, tidy, turnBy } from "../shared/moves.js";
import { keepIndex } from "../shared/numbers.js";
import { box, CORNERS, fromScreen } from "../shared/picture.js";
import { determinant, mapPoint } from "../shared/warp.js";
import { handlePlaces, LETTERS } from "./layout.js";

const DEGREE = Math.PI / 180;
const stepOf = (large) => (large ? 0.1 : 0.02);

// A move from the grip to a point of the stage; `compute` gives θ from the points on the panel.
const moved =
  (compute) =>
  ({ places, state, at }, point, event) => ({
    theta: tidy(
      compute(state.theta, fromScreen(places.moving, at), fromScreen(places.moving, point), event),
    ),
  });

const shift = moved((theta, [x0, y0], [x, y]) => moveBy(theta, [x - x0, y - y0]));

const turn = moved((theta, [x0, y0], [x, y], { shiftKey }) => {
  const [cx, cy] = [theta[2], theta[5]];
  const angle = Math.atan2(y - cy, x - cx) - Math.atan2(y0 - cy, x0 - cx);
  return turnBy(theta, shiftKey ? Math.round(angle / (15 * DEGREE)) * 15 * DEGREE : angle);
});

const pull = (/** @type {Point} */ corner) =>
  moved((theta, [x0, y0], [x, y], { shiftKey }) => {
    const [cx, cy] = mapPoint(theta, corner);
    return dragCorner(theta, corner, [cx + x - x0, cy + y - y0], shiftKey);
  });

const cornerHand = (theta, corner, i) => ({
  id: `corner-${LETTERS[i]}`,
  text: LETTERS[i],
  label:
    `Corner ${LETTERS[i]} of the grid: drag, or use the arrow keys. ` +
    "The opposite corner stays; with Shift the opposite side stays and the grid slants.",
  spot: (places) => handlePlaces(places, theta).corners[i],
  move: pull(corner),
  keys: (dx, dy, large) => ({
    theta: tidy(nudgeCorner(theta, corner, [dx * stepOf(large), dy * stepOf(large)])),
  }),
});

export const hands = ({ theta }) => [
  {
    id: "move",
    text: "\u2725",
    label: "Move the grid: drag, or use the arrow keys.",
    spot: (places) => handlePlaces(places, theta).move,
    move: shift,
    keys: (dx, dy, large) => ({
      theta: tidy(moveBy(theta, [dx * stepOf(large), dy * stepOf(large)])),
    }),
  },
  {
    id: "rotate",
    text: "\u21bb",
    label: "Turn the grid: drag, or use the arrow keys.",
    spot: (places) => handlePlaces(places, theta).rotate,
    move: turn,
    keys: (dx, dy, large) => ({
      theta: tidy(turnBy(theta, (dx || dy) * (large ? 15 : 2) * DEGREE)),
    }),
  },
  ...CORNERS.map((corner, i) => cornerHand(theta, corner, i)),
];

// A mouse may take the grid anywhere inside it.
export const surface = {
  cursor: "move",
  holds({ moving }, { theta }, point) {
    const [x, y] = fromScreen(moving, point);
    const [u, v] = [x - theta[2], y - theta[5]];
    const reach = Math.max(
      Math.abs(theta[4] * u - theta[1] * v),
      Math.abs(theta[0] * v - theta[3] * u),
    );
    return reach <= Math.abs(determinant(theta));
  },
  move: shift,
};

// Point at a pixel of the still picture: hover shows it, a click or the arrow keys keep it.
export function pickers({ still }, { direction, alignCorners, rows, columns, pixel }) {
  const at = (u, v) => [
    keepIndex(Math.floor(v * rows), rows),
    keepIndex(Math.floor(u * columns), columns),
  ];
  const picture = direction === "gather" ? "Output" : "Input";
  return [
    {
      id: "pixel",
      box: box(still, alignCorners),
      label: `${picture} picture: choose a pixel with the arrow keys or a click`,
      hover: at,
      at: (u, v) => ({ pixel: at(u, v) }),
      arrows(dx, dy, large) {
        const [row, column] = pixel ?? [rows >> 1, columns >> 1];
        const by = large ? 5 : 1;
        return { pixel: [keepIndex(row + dy * by, rows), keepIndex(column + dx * by, columns)] };
      },
    },
  ];
}
