// Gradient descent of a picture onto itself, by hand: pure functions, no DOM. The loss is the mean
// squared difference between what theta reads and the picture, in units of the picture's variance.

import { lossSlopes, withRim } from "../shared/slopes.js";
import { axis, fromParts, mapPoint } from "../shared/warp.js";

export const SLANT = [0.8, 0.6]; // the direction of the shift
const RADIAN = Math.PI / 180;

// A bell of `sigma` pixels along rows, then along columns; outside the picture lie zeros.
export function blurPicture({ data, height, width }, sigma) {
  if (sigma === 0) return { data: Float64Array.from(data), height, width };
  const reach = Math.ceil(3 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const along = (values, count, step, lines, skip) => {
    const out = new Float64Array(values.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let j = Math.max(0, i - reach); j <= Math.min(count - 1, i + reach); j++) {
          sum += values[line * skip + j * step] * bell[j - i + reach];
        }
        out[line * skip + i * step] = sum / total;
      }
    }
    return out;
  };
  const rows = along(data, width, 1, height, width);
  return { data: along(rows, height, width, width, 1), height, width };
}

// A picture made ready for descent: with its rim, and with 1 / variance as the loss's scale.
export function prepare(picture) {
  const { data } = picture;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  return { ...picture, rim: withRim(picture), scale: 1 / Math.max(variance, 1e-12) };
}

// The numbers that descent may change: 2 (angle, shift along the slant), 3 (angle and both shifts)
// or all 6 of theta. A start is [degrees, pixels].
export function startNumbers(count, [degrees, shift], side) {
  const slant = (2 * shift) / side;
  const [angle, x, y] = [degrees * RADIAN, SLANT[0] * slant, SLANT[1] * slant];
  if (count === 2) return [angle, slant];
  return count === 3 ? [angle, x, y] : fromParts({ rotation: angle, tX: x, tY: y });
}

export function thetaFrom(numbers) {
  if (numbers.length === 6) return numbers;
  const [rotation, x, y] = numbers;
  return numbers.length === 3
    ? fromParts({ rotation, tX: x, tY: y })
    : fromParts({ rotation, tX: SLANT[0] * x, tY: SLANT[1] * x });
}

// The chain rule from the six slopes of theta to the slopes of the numbers.
function pullBack(gradient, numbers) {
  if (numbers.length === 6) return gradient;
  const [a, b, x, c, d, y] = gradient;
  const [cos, sin] = [Math.cos(numbers[0]), Math.sin(numbers[0])];
  const turn = -a * sin - b * cos + c * cos - d * sin;
  return numbers.length === 3 ? [turn, x, y] : [turn, SLANT[0] * x + SLANT[1] * y];
}

// One step's numbers, with the loss and the slopes there.
export function standAt(known, numbers) {
  const theta = thetaFrom(numbers);
  const gradient = [0, 0, 0, 0, 0, 0];
  const loss = known.scale * lossSlopes(known.rim, known.data, theta, gradient);
  const slopes = pullBack(gradient, numbers).map((slope) => known.scale * slope);
  return { numbers, theta, slopes, loss };
}

export const stepFrom = ({ numbers, slopes }, rate) =>
  numbers.map((value, i) => value - rate * slopes[i]);

// Walk on until `steps` steps have been made; `path` holds those made before, and grows.
export function walkOn(known, path, rate, steps) {
  while (path.length <= steps) path.push(standAt(known, stepFrom(path[path.length - 1], rate)));
  return path;
}

export const startPath = (known, count, start) => [
  standAt(known, startNumbers(count, start, known.width)),
];

// Where theta stands on the map: [degrees, pixels along the slant]; `near` keeps the turn from jumping.
/** @type {(theta: Theta, side: number, near?: number) => Point} */
export function onMap(theta, side, near = 0) {
  const degrees = Math.atan2(theta[3], theta[0]) / RADIAN;
  const along = SLANT[0] * theta[2] + SLANT[1] * theta[5];
  return [degrees + 360 * Math.round((near - degrees) / 360), (along * side) / 2];
}

// How far the points of the grid are from their true places, on average, in pixels.
export function offBy(theta, side) {
  const places = axis(side, false);
  let sum = 0;
  for (const y of places) {
    for (const x of places) {
      const [u, v] = mapPoint(theta, [x, y]);
      sum += Math.hypot(u - x, v - y);
    }
  }
  return (sum / side ** 2) * (side / 2);
}

// The loss at places of the map; `places` are [degrees, pixels].
export function lossesAt(known, places) {
  return Float64Array.from(
    places,
    (place) =>
      known.scale *
      lossSlopes(known.rim, known.data, thetaFrom(startNumbers(2, place, known.width))),
  );
}
