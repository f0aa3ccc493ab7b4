// Where things lie on the stage of the volume figure: the view; beside it, or below it on a phone, the
// projections and the slices.
import { panelAt } from "../shared/picture.js";

const [HEAD, GAP, WIDE] = [24, 24, 560];
/** How much of space the view shows to each side: the volume's longest half is 1. */
export const REACH = 1.58;

export function layout(width, { volume: { size } }) {
  const [depth, rows, columns] = size;
  const wide = width >= WIDE;
  const side = wide ? Math.round(0.485 * width) : Math.min(width, 420);
  const [left, top] = wide ? [side + GAP, 0] : [0, HEAD + side + 16];
  const across = width - left;
  const picture = (x, y, reach, sides) =>
    panelAt([x + reach, y + HEAD + reach], reach - 2, sides, false);
  const [large, small] = [Math.min((across - 16) / 2, 200), Math.min((across - 24) / 3, 130)];
  const below = Math.max(top + HEAD + large + 30, wide ? side - small : 0);
  const places = [0, 1].map((i) => [left + i * (large + 16), top]);
  const thirds = [0, 1, 2].map((i) => [left + i * (small + 12), below]);
  const shapes = [
    [rows, columns],
    [depth, columns],
    [rows, depth],
  ];
  return {
    height: Math.max(HEAD + side, below + HEAD + small) + 2,
    view: [0, HEAD, side, side],
    middle: [side / 2, HEAD + side / 2],
    unit: side / 2 / REACH,
    projections: places.map(([x, y]) => picture(x, y, large / 2, [rows, columns])),
    slices: thirds.map(([x, y], i) => picture(x, y, small / 2, shapes[i])),
    heads: { view: [0, 12], projections: places, slices: thirds },
    sides: { large, small },
  };
}

/** A place in the view, [right, down, …], on the stage. @type {(places: any, seen: number[]) => Point} */
export const onStage = ({ middle, unit }, [x, y]) => [middle[0] + x * unit, middle[1] + y * unit];
