// A smooth map of a few numbers on a square lattice, as a canvas with contour lines.
const FINE = 264;
const RAMP = [
  [13, 44, 72],
  [34, 92, 132],
  [104, 156, 178],
  [188, 208, 206],
  [246, 241, 226],
];

// One line of n values, made finer by a smooth curve through them (Catmull and Rom).
function finer(values, n, step, skip, out, outStep, outSkip) {
  for (let i = 0; i < FINE; i++) {
    const place = (i / (FINE - 1)) * (n - 1);
    const j = Math.min(Math.floor(place), n - 2);
    const t = place - j;
    const at = (k) => values[skip + Math.min(Math.max(k, 0), n - 1) * step];
    const [a, b, c, d] = [at(j - 1), at(j), at(j + 1), at(j + 2)];
    out[outSkip + i * outStep] =
      b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
}

// Dark is small, the lightest colour is `most`; a line at every `every`.
export function mapCanvas(losses, n, canvas, { most, every }) {
  const rows = new Float64Array(n * FINE);
  for (let i = 0; i < n; i++) finer(losses, n, 1, i * n, rows, 1, i * FINE);
  const all = new Float64Array(FINE * FINE);
  for (let i = 0; i < FINE; i++) finer(rows, n, FINE, i, all, FINE, i);
  [canvas.width, canvas.height] = [FINE, FINE];
  const image = new ImageData(FINE, FINE);
  const contour = (i) => {
    // 1 on a line, 0 away from it, with soft sides
    const level = all[i] / every;
    const across = Math.abs(all[i + ((i + 1) % FINE ? 1 : -1)] / every - level);
    const down = Math.abs(all[i + FINE < all.length ? i + FINE : i - FINE] / every - level);
    const slope = Math.hypot(across, down);
    return slope < 1e-3 ? 0 : Math.max(0, 1 - Math.abs(level - Math.round(level)) / slope / 1.2);
  };
  for (let i = 0; i < all.length; i++) {
    const place = Math.min(Math.max(all[i] / most, 0), 1) * (RAMP.length - 1);
    const j = Math.min(Math.floor(place), RAMP.length - 2);
    const dim = 1 - 0.35 * contour(i);
    for (let k = 0; k < 3; k++) {
      const shade = RAMP[j][k] + (place - j) * (RAMP[j + 1][k] - RAMP[j][k]);
      image.data[4 * i + k] = dim * shade;
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
