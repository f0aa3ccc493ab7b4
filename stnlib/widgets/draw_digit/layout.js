// Where things lie on the stages of the drawing figure: the canvas and the answers; all the angles.
import { panelAt } from "../shared/picture.js";
import { SIDE } from "./raster.js";

const [HEAD, GAP, WIDE, BARS] = [24, 20, 560, 64];

// The drawing; beside it, or below it on a phone, what the grid reads and the answers of both.
export function layoutStage(width) {
  const wide = width >= WIDE;
  const side = wide ? 336 : Math.min(width, 420);
  const [left, top] = wide ? [side + GAP, 0] : [0, HEAD + side + 12];
  const across = width - left;
  const read = wide ? 132 : Math.min(0.36 * across, 132);
  const bars = across - read - GAP;
  const block = (y) => ({ left: left + read + GAP, top: y + HEAD, width: bars, height: BARS });
  const [own, plain] = [block(top), block(top + HEAD + BARS + 34)];
  return {
    height: Math.max(wide ? HEAD + side : 0, plain.top + BARS + 22) + 2,
    drawing: [1, HEAD + 1, side - 2, side - 2],
    from: panelAt([side / 2, HEAD + side / 2], side / 2 - 1, [SIDE, SIDE], false),
    to: panelAt([left + read / 2, top + HEAD + read / 2], read / 2 - 1, [20, 20], false),
    own,
    plain,
    heads: { drawing: [0, 12], read: [left, top + 12] },
  };
}

// The probabilities over all angles, and the answers below them.
export const layoutAround = (width) => ({
  frame: { left: 40, top: HEAD, width: width - 52, height: 96 },
  rows: [HEAD + 96 + 40, HEAD + 96 + 60],
  height: HEAD + 96 + 74,
});
