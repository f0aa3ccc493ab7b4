// The maps of stnlib.transforms in JavaScript, for a hand that drags points: pure functions, no DOM.
// A family is {count, anchors, fit, jet}: how many numbers θ has, the points that the hand holds,
// θ from where those points shall go (null if no θ does it), and the map itself, which gives
// [x, y, determinant] for a point. `together` says that dragging the first point moves all.

import { AFFINE_FAMILIES } from "../shared/affine_families.js";
import { piecewise, spline } from "../shared/control_families.js";

const HORIZON = 1e-3;

/** @type {(...matrix: number[]) => (x: number, y: number) => number[]} */
const affineJet = (a, b, c, d, e, f) => (x, y) => [
  a * x + b * y + c,
  d * x + e * y + f,
  a * e - b * d,
];

/** @type {Family} */
const attention = {
  count: 3,
  anchors: [
    [0, 0],
    [1, 1],
  ],
  together: true,
  fit: ([[x, y], [u, v]]) => [(u - x + v - y) / 2, x, y],
  jet: (theta) => affineJet(...AFFINE_FAMILIES.attention.matrix(theta)),
};

/** @type {Family} */
const similarity = {
  count: 4,
  anchors: [
    [0, 0],
    [1, 1],
  ],
  together: true,
  fit: ([[x, y], [u, v]]) => {
    const length = Math.hypot(u - x, v - y) / Math.SQRT2;
    return length < 1e-6 ? null : [Math.log(length), Math.atan2(v - y, u - x) - Math.PI / 4, x, y];
  },
  jet: (theta) => affineJet(...AFFINE_FAMILIES.similarity.matrix(theta)),
};

/** @type {Family} */
const affine = {
  count: 6,
  anchors: [
    [-1, -1],
    [1, -1],
    [-1, 1],
  ],
  fit: ([[ax, ay], [bx, by], [cx, cy]]) => [
    (bx - ax) / 2,
    (cx - ax) / 2,
    (bx + cx) / 2,
    (by - ay) / 2,
    (cy - ay) / 2,
    (by + cy) / 2,
  ],
  jet: (theta) => affineJet(...theta),
};

/** @type {(p: Point, q: Point, r: Point) => number} */
const area = ([px, py], [qx, qy], [rx, ry]) => (qx - px) * (ry - py) - (qy - py) * (rx - px);

/** @type {Family} */
const projective = {
  count: 8,
  anchors: [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ],
  // Each corner's weight is the area of the triangle of the other three.
  fit: ([a, b, c, d]) => {
    const weights = [area(b, d, c), area(a, d, c), area(a, b, d), area(a, b, c)];
    const [p, q, r] = [a, b, c].map(([x, y], i) => [x, y, 1].map((v) => v * weights[i]));
    const last = q[2] + r[2];
    if (Math.abs(last) < 1e-6 || weights.some((w) => Math.abs(w) < 1e-6)) return null;
    const theta = [0, 1, 2].flatMap((i) => [q[i] - p[i], r[i] - p[i], q[i] + r[i]]);
    return theta.slice(0, 8).map((value) => value / last);
  },
  jet:
    ([a, b, c, d, e, f, g, h]) =>
    (x, y) => {
      const depth = g * x + h * y + 1;
      const near = Math.abs(depth) < HORIZON;
      const w = near ? (depth < 0 ? -HORIZON : HORIZON) : depth;
      const [u, v] = [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
      const [gw, hw] = near ? [0, 0] : [g, h];
      return [u, v, ((a - u * gw) * (e - v * hw) - (b - u * hw) * (d - v * gw)) / (w * w)];
    },
};

const MADE = new Map();
const MAKERS = { "piece-wise affine": piecewise, "thin plate spline": spline };
const FIXED = { attention, similarity, affine, projective };
export const NAMES = [...Object.keys(FIXED), ...Object.keys(MAKERS)];

// The family of this name; systems are solved once for each control grid.
/** @type {(name: string, size: Size) => Family} */
export function familyOf(name, size) {
  if (FIXED[name]) return FIXED[name];
  const key = `${name} ${size}`;
  if (!MADE.has(key)) MADE.set(key, MAKERS[name](size));
  return MADE.get(key);
}

// Where the hand's points are, and θ after one of them was dragged to `place`; null: not possible.
export const held = (family, theta) =>
  family.anchors.map(([x, y]) => family.jet(theta)(x, y).slice(0, 2));

export function dragPoint(family, theta, index, place) {
  const points = held(family, theta);
  const [dx, dy] = [place[0] - points[index][0], place[1] - points[index][1]];
  const all = family.together && index === 0;
  return family.fit(points.map(([x, y], i) => (all || i === index ? [x + dx, y + dy] : [x, y])));
}

// The θ of another family that holds its own points where this map sends them.
export const adopt = (family, jet) =>
  family.fit(family.anchors.map(([x, y]) => jet(x, y).slice(0, 2)));
