// The slopes of reading, by hand from equations 6 and 7: pure functions, no DOM. On a kink the
// slope is the one to the right and below, as in torch and in stnlib.sample.
import { axis, padCoordinate, pixelFromNormalised, roundEven } from "./warp.js";

// The slope of padCoordinate: 0 on the outer centres and beyond them, where it is clamped.
export function padSlope(place, n, padding, alignCorners) {
  if (padding === "zeros") return 1;
  const inside = padCoordinate(place, n, padding, alignCorners);
  if (!(inside > 0 && inside < n - 1)) return 0;
  if (padding === "border") return 1;
  const low = alignCorners ? 0 : -0.5;
  const turns = Math.floor(Math.abs(place - low) / (n - 1 - 2 * low)); // the reflections passed
  return (place < low) === (turns % 2 === 1) ? 1 : -1;
}

const at = ({ data, height, width }, row, column) =>
  row >= 0 && row < height && column >= 0 && column < width ? data[row * width + column] : 0;

// Read at column x and row y, in pixels: [V, ∂V/∂x, ∂V/∂y], a pixel being 1 long.
export function readSlopes(image, x, y, { mode, padding, alignCorners }, out = [0, 0, 0]) {
  const px = padCoordinate(x, image.width, padding, alignCorners);
  const py = padCoordinate(y, image.height, padding, alignCorners);
  if (mode === "nearest") {
    out[0] = at(image, roundEven(py), roundEven(px));
    out[1] = out[2] = 0;
    return out;
  }
  const [left, top] = [Math.floor(px), Math.floor(py)];
  const [right, below] = [px - left, py - top];
  const [a, b] = [at(image, top, left), at(image, top, left + 1)];
  const [c, d] = [at(image, top + 1, left), at(image, top + 1, left + 1)];
  const [upper, lower] = [a + (b - a) * right, c + (d - c) * right];
  out[0] = upper + (lower - upper) * below;
  out[1] = ((b - a) * (1 - below) + (d - c) * below) * padSlope(x, image.width, padding, alignCorners);
  out[2] = (lower - upper) * padSlope(y, image.height, padding, alignCorners);
  return out;
}

// The slopes to both sides of a place, of a curve whose kinks stand at whole numbers.
export function sideSlopes(curve, place) {
  const [before, after] = [Math.ceil(place) - 1, Math.floor(place) + 1];
  return [curve(before + 1) - curve(before), curve(after) - curve(after - 1)];
}

// The mean squared difference between what theta reads and a target, and its six slopes.
export function lossSlopes(image, target, theta, options) {
  const { height, width, data } = target;
  const [xs, ys] = [axis(width, options.alignCorners), axis(height, options.alignCorners)];
  const pixel = (place, n) => pixelFromNormalised(place, n, options.alignCorners);
  const span = (n) => pixel(1, n) - pixel(0, n); // pixels in one normalised unit
  const read = [0, 0, 0];
  const gradient = [0, 0, 0, 0, 0, 0];
  let loss = 0;
  for (let k = 0; k < data.length; k++) {
    const [X, Y] = [xs[k % width], ys[Math.floor(k / width)]];
    const x = pixel(theta[0] * X + theta[1] * Y + theta[2], image.width);
    const y = pixel(theta[3] * X + theta[4] * Y + theta[5], image.height);
    readSlopes(image, x, y, options, read);
    const error = read[0] - data[k];
    loss += error * error;
    const [byX, byY] = [error * read[1], error * read[2]];
    gradient[0] += byX * X;
    gradient[1] += byX * Y;
    gradient[2] += byX;
    gradient[3] += byY * X;
    gradient[4] += byY * Y;
    gradient[5] += byY;
  }
  const [sx, sy] = [span(image.width), span(image.height)].map((s) => (2 * s) / data.length);
  return {
    loss: loss / data.length,
    gradient: gradient.map((sum, i) => sum * (i < 3 ? sx : sy)),
  };
}
