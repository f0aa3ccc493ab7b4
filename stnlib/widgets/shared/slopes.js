// The slopes of reading, by hand from equations 6 and 7: pure functions, no DOM. On a kink the
// slope is the one to the right and below, as in torch and in stnlib.sample.
import { padCoordinate, roundEven } from "./warp.js";

// The slope of padCoordinate: 0 on the outer centres and beyond them, where it is clamped.
export function padSlope(place, n, padding, alignCorners) {
  if (padding === "zeros") return 1;
  const inside = padCoordinate(place, n, padding, alignCorners);
  if (!(inside > 0 && inside < n - 1)) return 0;
  if (padding === "border") return 1;
  const low = alignCorners ? 0 : -0.5;
  const turns = Math.floor(Math.abs(place - low) / (n - 1 - 2 * low)); // the reflections passed
  return place < low === (turns % 2 === 1) ? 1 : -1;
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
  out[1] =
    ((b - a) * (1 - below) + (d - c) * below) * padSlope(x, image.width, padding, alignCorners);
  out[2] = (lower - upper) * padSlope(y, image.height, padding, alignCorners);
  return out;
}

// The slopes to both sides of a place, of a curve whose kinks stand at whole numbers.
export function sideSlopes(curve, place) {
  const [before, after] = [Math.ceil(place) - 1, Math.floor(place) + 1];
  return [curve(before + 1) - curve(before), curve(after) - curve(after - 1)];
}

const RIM = 2; // zeros round a picture: four pixels out there are all 0, and so are their slopes

export function withRim({ data, height, width }) {
  const row = width + 2 * RIM;
  const rimmed = new Float64Array(row * (height + 2 * RIM));
  for (let r = 0; r < height; r++) {
    rimmed.set(data.slice(r * width, (r + 1) * width), (r + RIM) * row + RIM);
  }
  return { rimmed, row, height, width };
}

// The mean squared difference between what theta reads (bilinear, zeros outside, edges at -1 and 1)
// and a target of the same size. Its six slopes by theta are put into `gradient`, if there is one.
// Written for speed: a map of losses reads a million points.
export function lossSlopes({ rimmed, row, height, width }, target, theta, gradient = null) {
  const t = theta;
  const [mx, my] = [(width - 1) / 2, (height - 1) / 2];
  let loss = 0;
  let g0 = 0,
    g1 = 0,
    g2 = 0,
    g3 = 0,
    g4 = 0,
    g5 = 0;
  for (let r = 0, i = 0; r < height; r++) {
    const Y = (r - my) * (2 / height);
    for (let c = 0; c < width; c++, i++) {
      const X = (c - mx) * (2 / width);
      const x = (t[0] * X + t[1] * Y + t[2]) * (width / 2) + mx;
      const y = (t[3] * X + t[4] * Y + t[5]) * (height / 2) + my;
      if (!(x > -1 && y > -1 && x < width && y < height)) {
        loss += target[i] * target[i];
        continue;
      }
      const left = Math.floor(x),
        top = Math.floor(y);
      const right = x - left,
        below = y - top;
      const k = (top + RIM) * row + left + RIM;
      const upperSlope = rimmed[k + 1] - rimmed[k];
      const lowerSlope = rimmed[k + row + 1] - rimmed[k + row];
      const upper = rimmed[k] + upperSlope * right;
      const lower = rimmed[k + row] + lowerSlope * right;
      const error = upper + (lower - upper) * below - target[i];
      loss += error * error;
      if (gradient === null) continue;
      const byX = error * (upperSlope + (lowerSlope - upperSlope) * below); // equation 7
      const byY = error * (lower - upper);
      g0 += byX * X;
      g1 += byX * Y;
      g2 += byX; // the chain rule to theta: six sums
      g3 += byY * X;
      g4 += byY * Y;
      g5 += byY;
    }
  }
  if (gradient !== null) {
    const sums = [g0, g1, g2, g3, g4, g5];
    for (let j = 0; j < 6; j++) gradient[j] = sums[j] / (j < 3 ? height : width);
  }
  return loss / target.length;
}
