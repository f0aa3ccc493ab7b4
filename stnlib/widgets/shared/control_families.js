// The families with a grid of control points: piece-wise affine, and the thin plate spline.

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

export function piecewise(size) {
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

export function spline(size) {
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
