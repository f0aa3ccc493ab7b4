// Where things lie on the pixel lab's stage: the pixels, and a curve beside each of two sides, on
// the picture's own scale, so that a kink stands under its pixel.
import { clamp } from "../shared/numbers.js";
import { REACH } from "./state.js";

const [GUTTER, GAP, HEAD] = [24, 16, 20];

export function layout(width, { image }) {
  const [columns, rows] = [image.width, image.height].map((n) => n - 1 + 2 * REACH);
  const side = clamp(0.2 * width, 76, 150); // of the curves
  const cell = Math.min((width - GUTTER - GAP - side) / columns, 64);
  const [left, top] = [GUTTER, HEAD];
  const [right, bottom] = [left + columns * cell, top + rows * cell];
  return {
    cell,
    left,
    top,
    right,
    bottom,
    side,
    width,
    below: bottom + GAP + 8,
    beside: right + GAP,
    height: bottom + GAP + 8 + side * 0.8 + 18,
    columns: image.width,
    rows: image.height,
  };
}

/** @type {(places: any, point: Point) => Point} */
export const toStage = ({ left, top, cell }, [x, y]) => [
  left + (x + REACH) * cell,
  top + (y + REACH) * cell,
];
/** @type {(places: any, point: Point) => Point} */
export const fromStage = ({ left, top, cell }, [u, v]) => [
  (u - left) / cell - REACH,
  (v - top) / cell - REACH,
];

// A rectangle from [left, top, right, bottom] in pixels of the picture, and that of one pixel.
/** @type {(places: any, sides: number[]) => Path2D} */
export function rectangle(places, [x0, y0, x1, y1]) {
  const [[left, top], [right, bottom]] = [toStage(places, [x0, y0]), toStage(places, [x1, y1])];
  const path = new Path2D();
  path.rect(left, top, right - left, bottom - top);
  return path;
}

export const square = (x, y) => [x - 0.5, y - 0.5, x + 0.5, y + 0.5];
