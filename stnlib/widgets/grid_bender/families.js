// The maps of stnlib.transforms in JavaScript, for a hand that drags points: pure functions, no DOM.
// A family is {count, anchors, fit, jet}: how many numbers θ has, the points that the hand holds,
// θ from where those points shall go (null if no θ does it), and the map itself, which gives
// [x, y, determinant] for a point. `together` says that dragging the first point moves all.

const HORIZON = 1e-3;

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
  jet: ([s, x, y]) => affineJet(s, 0, x, 0, s, y),
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
  jet: ([logScale, angle, x, y]) => {
    const [cos, sin] = [Math.exp(logScale) * Math.cos(angle), Math.exp(logScale) * Math.sin(angle)];
    return affineJet(cos, -sin, x, sin, cos, y);
  },
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

/** @type {(size: Size) => Point[]} */
function controlPoints([rows, columns]) {
  return Array.from({ length: rows * columns }, (_, k) => [
    (2 * (k % columns)) / (columns - 1) - 1,
    (2 * Math.floor(k / columns)) / (rows - 1) - 1,
  ]);
}

const controlFamily = (size, jet) => {
  const anchors = controlPoints(size);
  const fit = (points) => points.flatMap(([x, y], k) => [x - anchors[k][0], y - anchors[k][1]]);
  return { count: 2 * anchors.length, anchors, fit, jet };
};

// Where a coordinate lies: its cell, how far into it, and whether the cell holds it.
function cell(value, count) {
  const place = ((Math.min(Math.max(value, -1), 1) + 1) * (count - 1)) / 2;
  const index = Math.min(Math.floor(place), count - 2);
  return [index, place - index, value >= -1 && value <= 1 ? (count - 1) / 2 : 0];
}

function piecewise(size) {
  const [rows, columns] = size;
  return controlFamily(size, (theta) => (x, y) => {
    const [column, right, perX] = cell(x, columns);
    const [row, below, perY] = cell(y, rows);
    const upper = right >= below; // the triangle above the cut
    const at = (k) => [theta[2 * k], theta[2 * k + 1]];
    const first = row * columns + column;
    const [p, r] = [at(first), at(first + columns + 1)];
    const q = at(first + (upper ? 1 : columns));
    const [ofX, ofY] = upper
      ? [
          [p, q],
          [q, r],
        ]
      : [
          [q, r],
          [p, q],
        ]; // along x, and along y
    const move = (i) => p[i] + right * (ofX[1][i] - ofX[0][i]) + below * (ofY[1][i] - ofY[0][i]);
    const slope = (/** @type {number[][]} */ [from, to], i, per) => per * (to[i] - from[i]);
    const [xx, xy] = [1 + slope(ofX, 0, perX), slope(ofY, 0, perY)];
    const [yx, yy] = [slope(ofX, 1, perX), 1 + slope(ofY, 1, perY)];
    return [x + move(0), y + move(1), xx * yy - xy * yx];
  });
}

// Solve a system for many right sides, by elimination with the largest pivot.
export function solve(matrix, rightSides) {
  const rows = matrix.map((row, i) => [...row, ...rightSides[i]]);
  rows.forEach((_, k) => {
    let best = k;
    for (let i = k + 1; i < rows.length; i++) {
      if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    }
    [rows[k], rows[best]] = [rows[best], rows[k]];
    rows.forEach((row, i) => {
      const share = row[k] / rows[k][k];
      if (i !== k && share) for (let j = k; j < row.length; j++) row[j] -= share * rows[k][j];
    });
  });
  return rows.map((row, k) => row.slice(rows.length).map((value) => value / row[k]));
}

const kernel = (square) => (square > 0 ? (square * Math.log(square)) / 2 : 0);

// For each control point: the weights (w_1 … w_K, a_0, a_1, a_2) of a unit move of it.
function splineWeights(points) {
  const affineRow = ([x, y]) => [1, x, y];
  const system = points.map((p) => [
    ...points.map((q) => kernel((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2)),
    ...affineRow(p),
  ]);
  for (const i of [0, 1, 2]) system.push([...points.map((p) => affineRow(p)[i]), 0, 0, 0]);
  return solve(
    system,
    system.map((_, i) => points.map((_, k) => (i === k ? 1 : 0))),
  );
}

function spline(size) {
  const points = controlPoints(size);
  const solved = splineWeights(points);
  const weights = (theta) =>
    [0, 1].map((i) =>
      solved.map((row) => row.reduce((sum, value, k) => sum + value * theta[2 * k + i], 0)),
    );
  const family = controlFamily(size, (theta) => {
    const [forX, forY] = weights(theta);
    const n = points.length;
    return (x, y) => {
      let [u, v] = [forX, forY].map((w) => w[n] + w[n + 1] * x + w[n + 2] * y);
      let [ux, uy, vx, vy] = [forX[n + 1], forX[n + 2], forY[n + 1], forY[n + 2]];
      for (let k = 0; k < n; k++) {
        const [dx, dy] = [x - points[k][0], y - points[k][1]];
        const square = dx * dx + dy * dy;
        if (!square) continue;
        const [value, slope] = [kernel(square), Math.log(square) + 1];
        u += forX[k] * value;
        v += forY[k] * value;
        ux += forX[k] * slope * dx;
        uy += forX[k] * slope * dy;
        vx += forY[k] * slope * dx;
        vy += forY[k] * slope * dy;
      }
      return [x + u, y + v, (1 + ux) * (1 + vy) - uy * vx];
    };
  });
  // The map without its bending, for (x, y, 1), row by row.
  const linearPart = (theta) =>
    weights(theta).flatMap((w, i) => {
      const [shift, alongX, alongY] = w.slice(-3);
      return [alongX + (i === 0), alongY + (i === 1), shift];
    });
  return { ...family, linearPart };
}

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

// The grid of an output: points [x, y, x, y, …], and where it is turned over.
export function bentGrid(jet, xs, ys) {
  const grid = new Float64Array(2 * xs.length * ys.length);
  const folded = new Uint8Array(xs.length * ys.length);
  ys.forEach((y, row) =>
    xs.forEach((x, column) => {
      const k = row * xs.length + column;
      const [u, v, determinant] = jet(x, y);
      [grid[2 * k], grid[2 * k + 1], folded[k]] = [u, v, determinant < 0 ? 1 : 0];
    }),
  );
  return { grid, folded };
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
