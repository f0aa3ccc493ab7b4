// The digits that the bench trains on, distorted as stnlib.distortions.RTS does it. No DOM.
import { readSlopes } from "../shared/slopes.js";
import { SIDE } from "./model.js";

export const GLYPH = 10; // pixels of a digit, enlarged from the 8 × 8 of the originals
const ORIGINAL = 8;
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

// The weights of bicubic enlargement as in torch (a = −3/4, edges at −1 and 1, the rim repeated).
function cubicRows() {
  const a = -0.75;
  const near = (t) => ((a + 2) * t - (a + 3)) * t * t + 1;
  const far = (t) => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return Array.from({ length: GLYPH }, (_, i) => {
    const place = ((i + 0.5) * ORIGINAL) / GLYPH - 0.5;
    const [first, t] = [Math.floor(place), place - Math.floor(place)];
    const row = new Array(ORIGINAL).fill(0);
    [far(t + 1), near(t), near(1 - t), far(2 - t)].forEach((weight, k) => {
      row[Math.min(Math.max(first - 1 + k, 0), ORIGINAL - 1)] += weight;
    });
    return row;
  });
}
const ROWS = cubicRows();

// A digit of 8 × 8 numbers 0 … 16 as GLYPH × GLYPH numbers 0 … 1.
function enlarge(bytes) {
  const dot = (row, at) => row.reduce((sum, weight, k) => sum + weight * at(k), 0);
  const wide = Array.from({ length: ORIGINAL }, (_, r) =>
    ROWS.map((row) => dot(row, (k) => bytes[r * ORIGINAL + k] / 16)),
  );
  return Float64Array.from({ length: GLYPH * GLYPH }, (_, i) =>
    Math.min(
      Math.max(
        dot(ROWS[Math.floor(i / GLYPH)], (k) => wide[k][i % GLYPH]),
        0,
      ),
      1,
    ),
  );
}

// Decode the digits of one part: [{data, label}].
export const decodeDigits = (bytes, labels) =>
  Array.from(labels, (label, i) => ({
    data: enlarge(bytes.subarray(i * ORIGINAL ** 2, (i + 1) * ORIGINAL ** 2)),
    label,
  }));

// Where the middle of the digit may lie, so that all of its ink stays on the picture: per axis the
// middle of that range and its half width, in pixels from the middle of the picture.
/** @type {(data: Float64Array, linear: number[], length: number) => number[][]} */
function room(data, [a, b, c, d], length) {
  const inverse = [
    [a, c],
    [b, d],
  ].map((row) => row.map((v) => v / length));
  return inverse.map(([p, q]) => {
    let [low, high] = [Infinity, -Infinity];
    data.forEach((ink, i) => {
      if (!ink) return;
      const landed =
        p * ((i % GLYPH) - (GLYPH - 1) / 2) + q * (Math.floor(i / GLYPH) - (GLYPH - 1) / 2);
      [low, high] = [Math.min(low, landed), Math.max(high, landed)];
    });
    const skirt = Math.abs(p) + Math.abs(q);
    const [first, last] = [skirt - SIDE / 2 - low, SIDE / 2 - skirt - high];
    return [(first + last) / 2, Math.max(last - first, 0) / 2];
  });
}

/**
 * Distort a digit: turned by up to so many `degrees`, resized by up to a share `resize`, moved by a
 * share `move` of the way that it can go. `draw` are four numbers 0 … 1; `out` gets the picture.
 */
export function distort({ data }, { degrees, resize, move, white }, draw, out) {
  const angle = ((degrees * Math.PI) / 180) * (2 * draw[0] - 1);
  const scale = 1 - resize + 2 * resize * draw[1];
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const linear = [cos, -sin, sin, cos];
  const [x0, y0] = room(data, linear, cos * cos + sin * sin).map(
    ([middle, half], i) => middle + move * half * (2 * draw[2 + i] - 1),
  );
  const glyph = { data, height: GLYPH, width: GLYPH };
  const [from, to, value] = [(SIDE - 1) / 2, (GLYPH - 1) / 2, [0, 0, 0]];
  for (let row = 0, i = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, i++) {
      const [x, y] = [column - from - x0, row - from - y0];
      readSlopes(glyph, cos * x - sin * y + to, sin * x + cos * y + to, READING, value);
      out[i] = white ? 1 - value[0] : value[0];
    }
  }
  return out;
}
