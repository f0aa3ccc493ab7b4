// The volume as a cloud: its voxels that are not empty, painted as soft spots, the nearest first. No DOM.
import { column } from "./space.js";

const [EMPTY, SOLID] = [10 / 255, 0.7]; // a voxel among solid ones cannot be seen
const OPAQUE = 0.75; // of a full voxel, in its middle
const COVERED = 0.97; // what lies behind is not painted
const LIGHT = [-0.45, -0.7, -0.55]; // where light comes from, as seen: left, above, in front
const [LEVELS, FAR] = [96, 1.8]; // of depth, by which voxels are sorted
/** Of a picture of the cloud, in pixels: the fewer voxels, the finer. */
const [FINE, COARSE, MANY] = [200, 100, 8000];
/** Colours of what lies outside the box, and inside. */
const COLOURS = [
  [150, 186, 222],
  [255, 190, 128],
];

// The voxels that are not empty: places in true proportions, values, which way each surface looks, and
// which can be seen.
export function cloudOf({ data, size }) {
  const [depth, height, width] = size;
  const most = Math.max(...size);
  const [places, values, normals, seen] = [[], [], [], []];
  const at = (k, j, i) =>
    k >= 0 && j >= 0 && i >= 0 && k < depth && j < height && i < width
      ? data[(k * height + j) * width + i]
      : 0;
  data.forEach((value, n) => {
    if (value < EMPTY) return;
    const [i, j, k] = [n % width, Math.floor(n / width) % height, Math.floor(n / width / height)];
    places.push((2 * i + 1 - width) / most, (2 * j + 1 - height) / most);
    places.push((2 * k + 1 - depth) / most);
    const x = [at(k, j, i - 2), at(k, j, i - 1), at(k, j, i + 1), at(k, j, i + 2)];
    const y = [at(k, j - 2, i), at(k, j - 1, i), at(k, j + 1, i), at(k, j + 2, i)];
    const z = [at(k - 2, j, i), at(k - 1, j, i), at(k + 1, j, i), at(k + 2, j, i)];
    if ([x, y, z].some(([, before, after]) => Math.min(before, after) < SOLID))
      seen.push(values.length);
    values.push(value);
    const slope = [x, y, z].map(([a, b, c, d]) => a + b - c - d);
    const steep = Math.max(Math.hypot(...slope), 1); // inside there is no surface
    normals.push(...slope.map((one) => one / steep));
  });
  return {
    spacing: 2 / most,
    ink: values.reduce((a, b) => a + b, 0),
    places: Float32Array.from(places),
    values: Float32Array.from(values),
    normals: Float32Array.from(normals),
    seen: Uint32Array.from(seen),
    side: seen.length < MANY ? FINE : COARSE,
  };
}

// Which voxels lie in the box, and the share of all ink that they have; `inverse` leads from a true
// place, less the box's middle, into the box.
export function insideOf({ places, values, ink }, inverse, middle, half) {
  const inside = new Uint8Array(values.length);
  if (!inverse) return { inside, share: 0 };
  const [a, b, c, d, e, f, g, h, i] = inverse;
  const [mx, my, mz] = middle;
  const [hx, hy, hz] = half.map((value) => value * (1 + 1e-6));
  let sum = 0;
  for (let n = 0, p = 0; n < inside.length; n++, p += 3) {
    const x = places[p] - mx;
    const y = places[p + 1] - my;
    const z = places[p + 2] - mz;
    if (Math.abs(a * x + b * y + c * z) > hx || Math.abs(d * x + e * y + f * z) > hy) continue;
    if (Math.abs(g * x + h * y + i * z) > hz) continue;
    inside[n] = 1;
    sum += values[n];
  }
  return { inside, share: ink ? sum / ink : 0 };
}

// Voxels from the nearest to the furthest, roughly: by levels of depth.
function nearestFirst({ places, seen }, view) {
  const starts = new Uint32Array(LEVELS + 1);
  const levels = new Uint8Array(seen.length);
  for (let s = 0; s < seen.length; s++) {
    const p = 3 * seen[s];
    const depth = view[6] * places[p] + view[7] * places[p + 1] + view[8] * places[p + 2];
    levels[s] = Math.floor(((depth + FAR) / (2 * FAR)) * LEVELS);
    starts[levels[s] + 1]++;
  }
  for (let k = 0; k < LEVELS; k++) starts[k + 1] += starts[k];
  const order = new Uint32Array(seen.length);
  for (let s = 0; s < seen.length; s++) order[starts[levels[s]]++] = seen[s];
  return order;
}

// Paint the cloud into `image`, which shows −reach … reach each way.
export function paintCloud(cloud, inside, view, image, reach) {
  const { places, values, normals, spacing } = cloud;
  const side = image.width;
  const scale = side / 2 / reach;
  const sum = new Float32Array(4 * side * side); // red, green, blue, and how much is covered
  const [lx, ly, lz] = [0, 1, 2].map((k) =>
    column(view, k).reduce((total, value, i) => total + LIGHT[i] * value, 0),
  );
  const radius = Math.max(spacing * scale, 1);
  for (const n of nearestFirst(cloud, view)) {
    const p = 3 * n;
    const [x, y, z] = [places[p], places[p + 1], places[p + 2]];
    const lit = lx * normals[p] + ly * normals[p + 1] + lz * normals[p + 2];
    const depth = view[6] * x + view[7] * y + view[8] * z;
    const shade = (0.72 + 0.42 * lit) * (1 - 0.16 * depth);
    const cx = (view[0] * x + view[1] * y + view[2] * z + reach) * scale - 0.5;
    const cy = (view[3] * x + view[4] * y + view[5] * z + reach) * scale - 0.5;
    dab(sum, side, cx, cy, radius, OPAQUE * values[n], shade, COLOURS[inside[n]]);
  }
  const { data } = image;
  for (let i = 0; i < sum.length; i += 4) {
    const cover = sum[i + 3];
    if (!cover) continue;
    for (let k = 0; k < 3; k++) data[i + k] = sum[i + k] / cover;
    data[i + 3] = 255 * Math.min(cover / COVERED, 1);
  }
}

// One soft spot behind all that was painted before.
/** @type {(sum: Float32Array, side: number, cx: number, cy: number, radius: number, opaque: number, shade: number, colour: number[]) => void} */
function dab(sum, side, cx, cy, radius, opaque, shade, colour) {
  const [left, right] = [Math.max(Math.ceil(cx - radius), 0), Math.min(cx + radius, side - 1)];
  const [top, bottom] = [Math.max(Math.ceil(cy - radius), 0), Math.min(cy + radius, side - 1)];
  const [red, green, blue] = [shade * colour[0], shade * colour[1], shade * colour[2]];
  for (let y = top; y <= bottom; y++) {
    const across = opaque * (1 - Math.abs(y - cy) / radius);
    for (let x = left, at = 4 * (y * side + left); x <= right; x++, at += 4) {
      const free = 1 - sum[at + 3];
      if (free < 1 - COVERED) continue;
      const cover = free * across * (1 - Math.abs(x - cx) / radius);
      sum[at] += cover * red;
      sum[at + 1] += cover * green;
      sum[at + 2] += cover * blue;
      sum[at + 3] += cover;
    }
  }
}
