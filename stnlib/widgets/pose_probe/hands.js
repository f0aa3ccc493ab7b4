// The hand on the pose probe: a dot on the map, and two handles that move and turn the grid.
import { dragOffset, moveOffset, nudgeOffset, toMap } from "../shared/loss_map.js";
import { fromScreen, toScreen } from "../shared/picture.js";
import { mapPoint } from "../shared/warp.js";
import { MAP, thetaAt } from "./state.js";

const KEYS = "left and right keys move the grid, up and down keys turn it";

// How far two points of the input lie apart sideways, in pixels of the picture.
/** @type {(width: number, from: Point, to: Point) => number} */
const shiftBetween = (width, [from], [to]) => ((to - from) * width) / 2;

// By how many degrees the grid turns about its middle when a point of it is led to another one.
/** @type {(theta: Theta, from: Point, to: Point) => number} */
function turnBetween(theta, from, to) {
  const angle = (/** @type {Point} */ [x, y]) => Math.atan2(y - theta[5], x - theta[2]);
  const turn = ((angle(to) - angle(from)) * 180) / Math.PI;
  return ((turn + 540) % 360) - 180;
}

function spot(offset) {
  return {
    id: "spot",
    label: `Angle and shift: drag over the map; ${KEYS}.`,
    spot: ({ map }) => toMap(map, offset),
    move: ({ state, places, at }, point) => ({
      offset: dragOffset(places.map, state.offset, at, point),
    }),
  };
}

// A handle that stands on a point of the grid; `by` says what a drag adds to the offset.
function onGrid(spec, theta, point, by) {
  return {
    ...spec,
    spot: ({ input }) => toScreen(input, mapPoint(theta, point)),
    move({ state, places: { input }, at }, to) {
      const added = by(state, fromScreen(input, at), fromScreen(input, to));
      return { offset: moveOffset(state.offset, added, MAP.reach) };
    },
  };
}

export function hands({ offset }, { theta }) {
  const move = { id: "move", label: `Move the grid to the side: drag; ${KEYS}.`, text: "\u2194" };
  const rotate = { id: "rotate", label: `Turn the grid: drag; ${KEYS}.`, text: "\u21bb" };
  const keys = (dx, dy, large) => ({ offset: nudgeOffset(offset, dx, dy, large, MAP.reach) });
  return [
    spot(offset),
    onGrid(move, theta, [0, 0], ({ image }, from, to) => [0, shiftBetween(image.width, from, to)]),
    onGrid(rotate, theta, [0, -1], (state, from, to) => [
      turnBetween(thetaAt(state.aligned, state.offset, state.image.width), from, to),
      0,
    ]),
  ].map((hand) => ({ ...hand, keys }));
}
