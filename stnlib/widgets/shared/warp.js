// The maths of the live figures: pure functions on numbers and typed arrays, no DOM.
// Conventions are those of stnlib: coordinates run from -1 to 1, x right and y down; theta is
// [θ11, θ12, θ13, θ21, θ22, θ23] and maps a point of one picture to a point of the other;
// a picture is {data, height, width}; a grid is [x, y, x, y, ...] row by row; alignCorners says
// whether -1 and 1 are the centres of the outer pixels (true) or their edges (false).

export const IDENTITY = [1, 0, 0, 0, 1, 0];

// Half the number of pixels from -1 to 1.
const halfSpan = (n, alignCorners) => (alignCorners ? n - 1 : n) / 2;

export function pixelFromNormalised(point, n, alignCorners) {
  return point * halfSpan(n, alignCorners) + (n - 1) / 2;
}

export function normalisedFromPixel(index, n, alignCorners) {
  const span = halfSpan(n, alignCorners);
  return span === 0 ? 0 : (index - (n - 1) / 2) / span;
}

export function axis(n, alignCorners) {
  return Float64Array.from({ length: n }, (_, i) => normalisedFromPixel(i, n, alignCorners));
}

/** @type {(theta: Theta, point: Point) => Point} */
export function mapPoint(theta, [x, y]) {
  return [theta[0] * x + theta[1] * y + theta[2], theta[3] * x + theta[4] * y + theta[5]];
}

export const determinant = (theta) => theta[0] * theta[4] - theta[1] * theta[3];

/** @type {(theta: Theta, size: Size, alignCorners: boolean) => Float64Array} */
export function affineGrid(theta, [height, width], alignCorners) {
  const [xs, ys] = [axis(width, alignCorners), axis(height, alignCorners)];
  const grid = new Float64Array(2 * height * width);
  for (let row = 0, k = 0; row < height; row++) {
    const [x0, y0] = mapPoint(theta, [0, ys[row]]);
    for (let column = 0; column < width; column++, k += 2) {
      grid[k] = theta[0] * xs[column] + x0;
      grid[k + 1] = theta[3] * xs[column] + y0;
    }
  }
  return grid;
}

// The grid of a map that gives [x, y, determinant] for a point: [x, y, x, y, …], and where it is turned over.
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

// translation · rotation · shear · scaling; the angle is in radians.
/** @returns {Theta} */
export function fromParts({ rotation = 0, scaleX = 1, scaleY = 1, shear = 0, tX = 0, tY = 0 }) {
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  return [
    cos * scaleX,
    (shear * cos - sin) * scaleY,
    tX,
    sin * scaleX,
    (shear * sin + cos) * scaleY,
    tY,
  ];
}

// The inverse of fromParts; scaleX comes out positive. A flattened map has no shear to speak of.
/** @param {Theta} theta */
export function decompose(theta) {
  const [a, b, tX, c, d, tY] = theta;
  const [det, scaleX] = [determinant(theta), Math.hypot(a, c)];
  const flat = Math.abs(det) < 1e-9;
  return {
    rotation: Math.atan2(c, a),
    scaleX,
    scaleY: scaleX ? det / scaleX : Math.hypot(b, d),
    shear: flat ? 0 : (a * b + c * d) / det,
    tX,
    tY,
  };
}

// Round half to the even number, as torch does.
export function roundEven(value) {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

// Bring a pixel coordinate inside 0 ... n - 1, unless zeros lie outside.
export function padCoordinate(place, n, padding, alignCorners) {
  if (padding === "zeros") return place;
  let inside = place;
  if (padding === "reflection") {
    const low = alignCorners ? 0 : -0.5;
    const span = n - 1 - 2 * low;
    if (span === 0) return 0;
    const distance = Math.abs(place - low);
    const rest = distance % span;
    inside = low + (Math.floor(distance / span) % 2 === 0 ? rest : span - rest);
  }
  return Math.min(Math.max(inside, 0), n - 1);
}

// The pixels that share a point, and their weights: [row, column, weight], four or one of them.
export function shares(x, y, mode) {
  if (mode === "nearest") return [[roundEven(y), roundEven(x), 1]];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [x - left, y - top];
  return [
    [top, left, (1 - right) * (1 - bottom)],
    [top, left + 1, right * (1 - bottom)],
    [top + 1, left, (1 - right) * bottom],
    [top + 1, left + 1, right * bottom],
  ];
}

// The weight of each of these pixels, from a list of those that take part.
export const weightsAmong = (cells, taken) =>
  cells.map(
    ({ row, column }) =>
      taken.find((cell) => cell.row === row && cell.column === column)?.weight ?? 0,
  );

// Read one point with every detail: where it lies in pixels and what each pixel contributes.
/** @type {(image: Picture, point: Point, reading: Reading) => any} */
export function readPoint(image, [x, y], { mode, padding, alignCorners }) {
  const { data, height, width } = image;
  const locate = (place, n) =>
    padCoordinate(pixelFromNormalised(place, n, alignCorners), n, padding, alignCorners);
  const [column, row] = [locate(x, width), locate(y, height)];
  const cells = shares(column, row, mode).map(([r, c, weight]) => {
    const inside = r >= 0 && r < height && c >= 0 && c < width;
    return { row: r, column: c, weight, inside, value: inside ? data[r * width + c] : 0 };
  });
  const value = cells.reduce((sum, cell) => sum + cell.weight * cell.value, 0);
  return { column, row, cells, value };
}

// Say where one point lands in an output of this size, and the share of each pixel there.
/** @type {(point: Point, size: Size, reading: Reading) => any} */
export function throwPoint([x, y], [height, width], { mode, alignCorners }) {
  const column = pixelFromNormalised(x, width, alignCorners);
  const row = pixelFromNormalised(y, height, alignCorners);
  const cells = shares(column, row, mode).map(([r, c, weight]) => ({
    row: r,
    column: c,
    weight,
    inside: r >= 0 && r < height && c >= 0 && c < width,
  }));
  return { column, row, cells };
}

// Read a picture at every point of a grid: Float32Array, one value a point.
/** @type {(image: Picture, grid: Values, reading: Reading) => Float32Array} */
export function sample(image, grid, { mode, padding, alignCorners }) {
  const { data, height, width } = image;
  const out = new Float32Array(grid.length / 2);
  const at = (row, column) =>
    row >= 0 && row < height && column >= 0 && column < width ? data[row * width + column] : 0;
  for (let k = 0; k < out.length; k++) {
    const px = pixelFromNormalised(grid[2 * k], width, alignCorners);
    const py = pixelFromNormalised(grid[2 * k + 1], height, alignCorners);
    const x = padCoordinate(px, width, padding, alignCorners);
    const y = padCoordinate(py, height, padding, alignCorners);
    if (mode === "nearest") {
      out[k] = at(roundEven(y), roundEven(x));
      continue;
    }
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, bottom] = [x - left, y - top];
    out[k] =
      (at(top, left) * (1 - right) + at(top, left + 1) * right) * (1 - bottom) +
      (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * bottom;
  }
  return out;
}

// Throw each pixel of a picture to its point of the output: sums, weights, and how many landed.
/** @type {(image: Picture, grid: Values, size: Size, reading: Reading) => any} */
export function splat(image, grid, [height, width], { mode, alignCorners }) {
  const total = new Float32Array(height * width);
  const weight = new Float32Array(height * width);
  const hits = new Uint32Array(height * width);
  for (let k = 0; k < image.data.length; k++) {
    const x = pixelFromNormalised(grid[2 * k], width, alignCorners);
    const y = pixelFromNormalised(grid[2 * k + 1], height, alignCorners);
    for (const [row, column, share] of shares(x, y, mode)) {
      if (row < 0 || row >= height || column < 0 || column >= width || share === 0) continue;
      const i = row * width + column;
      total[i] += share * image.data[k];
      weight[i] += share;
      hits[i] += 1;
    }
  }
  return { total, weight, hits };
}

// The mean of what landed on each pixel (0 in a hole), and the number of holes and pile-ups.
export function settle({ total, weight }) {
  let [holes, pileUps] = [0, 0];
  const average = total.map((sum, i) => {
    if (weight[i] === 0) holes += 1;
    if (weight[i] > 1.001) pileUps += 1;
    return weight[i] > 0 ? sum / weight[i] : 0;
  });
  return { average, holes, pileUps };
}
