// The hand on the bench: two handles on the large picture's grid, and the eight pictures to choose.
import { clamp } from "../shared/numbers.js";
import { fromScreen, toScreen } from "../shared/picture.js";
import { mapPoint } from "../shared/warp.js";
import { HANDLES, pictureName } from "./words.js";

const [NUDGE, TURN, GROW] = [2 / 21, Math.PI / 36, 1.06]; // of an arrow key: a pixel, 5°, 6 %
const EDGE = 10; // px
const CORNER = /** @type {Point} */ ([1, 1]);

// θ after its grid was moved, turned and made larger about its own middle, as far as a family can.
const CHANGED = {
  attention: ([s, x, y], { dx = 0, dy = 0, grow = 1 }) => [s * grow, x + dx, y + dy],
  similarity: ([logScale, angle, x, y], { dx = 0, dy = 0, turn = 0, grow = 1 }) => [
    logScale + Math.log(grow),
    angle + turn,
    x + dx,
    y + dy,
  ],
  affine([a, b, x, c, d, y], { dx = 0, dy = 0, turn = 0, grow = 1 }) {
    const [cos, sin] = [grow * Math.cos(turn), grow * Math.sin(turn)];
    return [
      cos * a - sin * c,
      cos * b - sin * d,
      x + dx,
      sin * a + cos * c,
      sin * b + cos * d,
      y + dy,
    ];
  },
};
const ownOf = ({ held, news, digit }) => held ?? news.thetas[digit];
const changed = (state, by) => ({ held: CHANGED[state.trained](ownOf(state), by) });

// From where the corner was to where it is led: by what the grid turns and grows.
function spun(theta, from, to) {
  const polar = ([x, y]) => [
    Math.hypot(x - theta[2], y - theta[5]),
    Math.atan2(y - theta[5], x - theta[2]),
  ];
  const [[r0, a0], [r1, a1]] = [polar(from), polar(to)];
  return { grow: Math.max(r1, 0.05) / Math.max(r0, 0.05), turn: a1 - a0 };
}

// A handle stays at the edge of the room where its place lies beyond it.
const inRoom = ({ room: [left, top, width, height] }, [x, y]) => [
  clamp(x, left + EDGE, left + width - EDGE),
  clamp(y, top + EDGE, top + height - EDGE),
];

const grab = (session, values) => {
  session.grabbed = true;
  return values;
};

export const handsOf = (session) => (state, made) => {
  if (!made.own) return [];
  const { theta } = made.shown;
  const on = (point) => (places) => inRoom(places, toScreen(places.from, mapPoint(theta, point)));
  return [
    {
      id: "move",
      label: HANDLES.move,
      text: "\u2725",
      spot: on([0, 0]),
      move({ state: before, places: { from }, at }, to) {
        const [[x0, y0], [x1, y1]] = [fromScreen(from, at), fromScreen(from, to)];
        return grab(session, changed(before, { dx: x1 - x0, dy: y1 - y0 }));
      },
      keys: (dx, dy, large, now) => {
        const step = (large ? 5 : 1) * NUDGE;
        return changed(now, { dx: dx * step, dy: dy * step });
      },
    },
    {
      id: "corner",
      label: state.trained === "attention" ? HANDLES.size : HANDLES.corner,
      text: "\u21bb",
      spot: on(CORNER),
      move({ state: before, places: { from }, at }, to) {
        return grab(
          session,
          changed(before, spun(theta, fromScreen(from, at), fromScreen(from, to))),
        );
      },
      keys(dx, dy, large, now) {
        const many = large ? 5 : 1;
        const sideways = now.trained === "attention" ? 0 : dx;
        const grow = GROW ** (many * (now.trained === "attention" ? dx - dy : -dy));
        return changed(now, { turn: sideways * many * TURN, grow });
      },
    },
  ];
};

export const pickers = ({ cell, height }, { images, digit }) =>
  images.map(({ label }, i) => ({
    label: pictureName(i, images.length, label),
    box: [i * cell, 0, cell, height],
    pressed: i === digit,
    at: () => ({ digit: i }),
  }));
