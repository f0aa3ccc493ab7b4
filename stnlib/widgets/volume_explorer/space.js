// Maps of volumes and turns in space: pure functions on numbers, no DOM. θ is [θ11, …, θ14, θ21, …, θ34]
// and maps [X, Y, Z] of the box to [x, y, z] of the volume; a matrix of 3 × 3 has its nine numbers row
// by row. `half` is half the volume's width, height and depth where its longest side is 2: turns are
// made there, so that a box stays square.

/** @type {(size: number[]) => number[]} */
export const halfOf = ([depth, height, width]) =>
  [width, height, depth].map((n) => n / Math.max(depth, height, width));

const DEGREE = Math.PI / 180;
const LEAST = 1e-6;

/** @type {(a: number[], b: number[]) => number[]} */
export const multiply = (a, b) =>
  [0, 3, 6].flatMap((row) =>
    [0, 1, 2].map((k) => a[row] * b[k] + a[row + 1] * b[k + 3] + a[row + 2] * b[k + 6]),
  );
/** @type {(a: number[], point: number[]) => number[]} */
export const apply = (a, [x, y, z]) =>
  [0, 3, 6].map((row) => a[row] * x + a[row + 1] * y + a[row + 2] * z);
export const transpose = (a) => [a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]];
export const column = (a, k) => [a[k], a[k + 3], a[k + 6]];
export const length = (v) => Math.hypot(...v);

/** @type {(a: number[], b: number[]) => number[]} */
const cross = ([a, b, c], [d, e, f]) => [b * f - c * e, c * d - a * f, a * e - b * d];
/** @type {(a: number[], b: number[]) => number} */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const determinant = (a) => dot(column(a, 0), cross(column(a, 1), column(a, 2)));

// The inverse; null of a flat map.
export function invert(a) {
  const [x, y, z] = [0, 1, 2].map((k) => column(a, k));
  const det = determinant(a);
  if (Math.abs(det) < 1e-12) return null;
  return [cross(y, z), cross(z, x), cross(x, y)].flat().map((value) => value / det);
}

// A turn about z, then x, then y, in degrees: the last one acts first.
export function turnOf([x, y, z]) {
  const [a, b, c] = [x, y, z].map((degrees) => degrees * DEGREE);
  const [ca, sa, cb, sb, cc, sc] = [a, b, c].flatMap((t) => [Math.cos(t), Math.sin(t)]);
  const [aboutY, aboutX] = [
    [cb, 0, sb, 0, 1, 0, -sb, 0, cb],
    [1, 0, 0, 0, ca, -sa, 0, sa, ca],
  ];
  return multiply(multiply(aboutY, aboutX), [cc, -sc, 0, sc, cc, 0, 0, 0, 1]);
}

// The angles of turnOf, from its matrix; x is −90 … 90.
const anglesOf = (r) =>
  [Math.asin(Math.min(Math.max(-r[5], -1), 1)), Math.atan2(r[2], r[8]), Math.atan2(r[3], r[4])].map(
    (angle) => angle / DEGREE,
  );

// The smallest turn that takes the direction of one vector to that of another.
export function turnTo(from, to) {
  const [a, b] = [from, to].map((v) => v.map((value) => value / length(v)));
  const [[x, y, z], cos] = [cross(a, b), dot(a, b)];
  if (cos < LEAST - 1) return [1, 0, 0, 0, 1, 0, 0, 0, 1]; // straight back: there is no smallest
  const skew = [0, -z, y, z, 0, -x, -y, x, 0];
  const twice = multiply(skew, skew);
  return skew.map((value, i) => (i % 4 ? 0 : 1) + value + twice[i] / (1 + cos));
}

// θ in two parts: its matrix in the volume's true proportions, and where the box has its middle.
export const linearOf = (theta, half) =>
  [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => (theta[4 * i + j] * half[i]) / half[j]));
export const middleOf = (theta) => [theta[3], theta[7], theta[11]];
export const thetaOf = (linear, middle, half) =>
  [0, 1, 2].flatMap((i) => [
    ...[0, 1, 2].map((j) => tidy((linear[3 * i + j] * half[j]) / half[i])),
    tidy(middle[i]),
  ]);
const tidy = (value) => Number(value.toFixed(6)) + 0; // without a minus zero

const unit = (v, other) => (length(v) > LEAST ? v.map((value) => value / length(v)) : other);
const without = (v, along) => v.map((value, i) => value - dot(v, along) * along[i]);

// How a matrix is turned, as angles and as a matrix; its size; and its depth, in sizes.
export function partsOf(linear) {
  const [x, y, z] = [0, 1, 2].map((k) => column(linear, k));
  const first = unit(x, [1, 0, 0]);
  const aside = Math.abs(first[1]) < 0.9 ? [0, 1, 0] : [0, 0, 1];
  const second = unit(without(y, first), unit(without(aside, first), aside));
  const third = cross(first, second);
  const rotation = transpose([first, second, third].flat());
  const size = length(x);
  return { angles: anglesOf(rotation), rotation, size, depth: size ? dot(z, third) / size : 0 };
}
