// Reading a volume {data, size: [depth, height, width]} through a box, and projecting what was read:
// pure functions on typed arrays, no DOM. −1 and 1 are the volume's faces; outside lie zeros.

// What each point of the box reads from the eight voxels round it, and how many points lie outside.
export function readVolume({ data, size: [depth, height, width] }, theta) {
  const output = new Float32Array(data.length);
  const sides = [width, height, depth];
  // The voxel of a point of the box: a step along each axis, and where its first voxel reads.
  const step = sides.map((n, row) => sides.map((m, k) => (theta[4 * row + k] * n) / m));
  const first = sides.map((n, row) => {
    const corner = sides.reduce((sum, m, k) => sum + theta[4 * row + k] * (1 / m - 1), 0);
    return ((corner + theta[4 * row + 3] + 1) * n - 1) / 2;
  });
  const [[ax, bx, cx], [ay, by, cy], [az, bz, cz]] = step;
  let [outside, at] = [0, 0];
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < height; j++) {
      const x0 = first[0] + bx * j + cx * k;
      const y0 = first[1] + by * j + cy * k;
      const z0 = first[2] + bz * j + cz * k;
      for (let i = 0; i < width; i++, at++) {
        const [x, y, z] = [x0 + ax * i, y0 + ay * i, z0 + az * i];
        if (beyond(x, width) || beyond(y, height) || beyond(z, depth)) outside++;
        if (x > -1 && y > -1 && z > -1 && x < width && y < height && z < depth)
          output[at] = readPlace(data, depth, height, width, x, y, z);
      }
    }
  }
  return { output, outside };
}

const SLACK = 1e-4; // of a voxel: what rounding does is not outside
const beyond = (place, n) => place < -0.5 - SLACK || place > n - 0.5 + SLACK;

function readPlace(data, depth, height, width, x, y, z) {
  const [left, top, front] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  let sum = 0;
  for (let k = Math.max(front, 0); k <= front + 1 && k < depth; k++) {
    const deep = 1 - Math.abs(z - k);
    for (let j = Math.max(top, 0); j <= top + 1 && j < height; j++) {
      const share = deep * (1 - Math.abs(y - j));
      const row = (k * height + j) * width;
      for (let i = Math.max(left, 0); i <= left + 1 && i < width; i++)
        sum += share * (1 - Math.abs(x - i)) * data[row + i];
    }
  }
  return sum;
}

// The mean or the largest value along the depth: a picture.
/** @type {(data: Values, size: number[], kind: string) => Picture} */
export function project(data, [depth, height, width], kind) {
  const out = new Float32Array(height * width);
  for (let k = 0, at = 0; k < depth; k++) {
    for (let i = 0; i < out.length; i++, at++) {
      if (kind === "mean") out[i] += data[at] / depth;
      else if (data[at] > out[i]) out[i] = data[at];
    }
  }
  return { data: out, height, width };
}

// The three slices through the middle: across Z, across Y and across X, with what lies deeper further
// down, or further to the right.
/** @type {(data: Values, size: number[]) => Picture[]} */
export function middleSlices(data, [depth, height, width]) {
  const [z, y, x] = [depth >> 1, height >> 1, width >> 1];
  const at = (k, j, i) => data[(k * height + j) * width + i];
  const picture = (rows, columns, value) => ({
    data: Float32Array.from({ length: rows * columns }, (_, i) =>
      value(Math.floor(i / columns), i % columns),
    ),
    height: rows,
    width: columns,
  });
  return [
    picture(height, width, (row, one) => at(z, row, one)),
    picture(depth, width, (row, one) => at(row, y, one)),
    picture(height, depth, (row, one) => at(one, row, x)),
  ];
}

function variance(values) {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return squares / values.length - mean * mean;
}

// The share of a volume's variance that is left in the means along its depth; null of one grey.
export function kept(data, means) {
  const all = variance(data);
  return all < 1e-9 ? null : Math.min(Math.max(variance(means), 0) / all, 1);
}
