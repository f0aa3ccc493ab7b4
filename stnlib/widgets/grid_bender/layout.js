// Where things lie on the grid bender's stage.
import { clamp } from "../shared/numbers.js";
import { panelAt, toScreen } from "../shared/picture.js";

const [WIDE, NARROW, TOP] = [1.45, 1.15, 26];

// Both panels side by side, the input with room around it: {cx, cy, ux, uy, …}.
export function layout(width, { image: { height, width: across } }) {
  const unit = width / (2 * (WIDE + NARROW));
  const panel = (left, reach) => ({
    ...panelAt([left + reach * unit, TOP + WIDE * unit], unit, [height, across], false),
    left,
    top: TOP,
    side: 2 * reach * unit,
    tall: 2 * WIDE * unit,
  });
  return {
    height: 2 * WIDE * unit + TOP,
    input: panel(0, WIDE),
    output: panel(2 * WIDE * unit, NARROW),
  };
}

const FAR = 40; // points near a horizon run off; a canvas need not follow them
/** @type {(panel: Panel, point: Point) => Point} */
export const onScreen = (panel, point) =>
  toScreen(panel, [clamp(point[0], -FAR, FAR), clamp(point[1], -FAR, FAR)]);

// A handle never leaves its panel, so that it can always be caught.
/** @type {(panel: any, point: Point) => Point} */
export function keepInside({ left, top, side, tall }, [x, y]) {
  return [clamp(x, left + 12, left + side - 12), clamp(y, top + 12, top + tall - 12)];
}

export const titles = ({ input, output }) =>
  [
    ["Input", input],
    ["Output", output],
  ].map(([text, { cx, ux }]) => ({ text, kind: text.toLowerCase(), left: cx - ux, top: 0 }));
