// What the hand does to theta: pure functions, no DOM. A corner is [±1, ±1].
import { determinant, mapPoint } from "./warp.js";

const LEAST = 0.04; // no drag makes a side of the grid shorter than this part of the picture

/** @type {(theta: Theta, by: Point) => Theta} */
export function moveBy(theta, [dx, dy]) {
  return [theta[0], theta[1], theta[2] + dx, theta[3], theta[4], theta[5] + dy];
}

// Turn the grid about its own middle: rotation times the linear part, so the middle stays.
/** @type {(theta: Theta, angle: number) => Theta} */
export function turnBy(theta, angle) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [a, b, x, c, d, y] = theta;
  return [cos * a - sin * c, cos * b - sin * d, x, sin * a + cos * c, sin * b + cos * d, y];
}

// A factor that leaves a side of this length at least LEAST long.
const atLeast = (factor, length) =>
  Math.sign(factor || 1) * Math.max(Math.abs(factor), LEAST / length);

// Move one corner to a point. The opposite corner stays and the sides keep their directions;
// with `slide` the whole opposite side stays, so the grid is slanted.
/** @type {(theta: Theta, corner: Point, to: Point, slide?: boolean) => Theta} */
export function dragCorner(theta, [sx, sy], [x, y], slide = false) {
  const [a, b, , c, d] = theta;
  const opposite = mapPoint(theta, [-sx, -sy]);
  const half = [(x - opposite[0]) / 2, (y - opposite[1]) / 2];
  let columns;
  if (slide) {
    const across = [sx * a, sx * c];
    columns = [
      [a, c],
      [sy * (half[0] - across[0]), sy * (half[1] - across[1])],
    ];
  } else {
    const det = determinant(theta);
    if (Math.abs(det) < 1e-9) return theta;
    const first = atLeast((sx * (half[0] * d - half[1] * b)) / det, Math.hypot(a, c));
    const second = atLeast((sy * (half[1] * a - half[0] * c)) / det, Math.hypot(b, d));
    columns = [
      [a * first, c * first],
      [b * second, d * second],
    ];
  }
  const [[a1, c1], [b1, d1]] = columns;
  const moved = [a1, b1, opposite[0] + sx * a1 + sy * b1, c1, d1, opposite[1] + sx * c1 + sy * d1];
  return Math.abs(determinant(moved)) < 1e-6 ? theta : moved;
}

/** @type {(theta: Theta, corner: Point, by: Point) => Theta} */
export function nudgeCorner(theta, corner, [dx, dy]) {
  const [x, y] = mapPoint(theta, corner);
  return dragCorner(theta, corner, [x + dx, y + dy]);
}

// Six numbers fit to be stored: short, and finite.
export const tidy = (theta) =>
  theta.map((value) => (Number.isFinite(value) ? Number(value.toFixed(6)) : 0));
