// What follows from the settings of the pixel lab: the reading, its curves, its slopes. No DOM.
// Places are in pixels: column x, row y, whole numbers on the pixels' centres. Padding is seen as
// a picture that goes on: with edges at -1 and 1, as here, that reads the same.
import { readSlopes, sideSlopes } from "../shared/slopes.js";
import {
  normalisedFromPixel,
  padCoordinate,
  roundEven,
  sample,
  shares,
  weightsAmong,
} from "../shared/warp.js";

export const REACH = 1.75; // how far the point may go beyond the outer centres, in pixels
const STEP = 0.025;

export function readState(model, { shown }) {
  const rows = model.get("image");
  const [height, width] = [rows.length, rows[0].length];
  const image = { data: Float64Array.from(rows.flat()), height, width };
  const options = {
    mode: model.get("mode"),
    padding: model.get("padding_mode"),
    alignCorners: false,
  };
  const pixel = model.get("pixel");
  return {
    image,
    rows,
    ...options,
    options,
    point: model.get("point"),
    stops: model.get("stops"),
    pixel: pixel && pixel[0] < height && pixel[1] < width ? pixel : null,
    judged: model.get("judged"),
    shown,
    withSlopes: shown.has("slopes"),
  };
}

// The rows of the picture with one value changed; the old ones stay as they are, for undo.
export const withValue = (rows, [row, column], value) =>
  rows.map((line, i) =>
    line.map((old, j) => (i === row && j === column ? Number(value.toFixed(4)) : old)),
  );

// The pixel of the picture that stands at any row and column, also outside; null for a zero.
export function sourceOf({ image, padding }, row, column) {
  const place = (i, n) => roundEven(padCoordinate(i, n, padding, false));
  const [r, c] = [place(row, image.height), place(column, image.width)];
  return r >= 0 && r < image.height && c >= 0 && c < image.width ? [r, c] : null;
}

export const valueAt = ({ image }, source) =>
  source ? image.data[source[0] * image.width + source[1]] : 0;

// V at every step of a line through the point, along x or along y: {places, values}.
function profile({ image, point, options }, alongX) {
  const n = alongX ? image.width : image.height;
  const count = Math.round((n - 1 + 2 * REACH) / STEP) + 1;
  const places = Float64Array.from({ length: count }, (_, i) => i * STEP - REACH);
  const grid = new Float64Array(2 * count);
  places.forEach((place, i) => {
    const [x, y] = alongX ? [place, point[1]] : [point[0], place];
    grid[2 * i] = normalisedFromPixel(x, image.width, false);
    grid[2 * i + 1] = normalisedFromPixel(y, image.height, false);
  });
  return { places, values: sample(image, grid, options) };
}

// One axis: the slopes to both sides, the one that torch takes, and whether this is a kink.
function slopesAlong({ image, point: [x, y], options }, alongX) {
  const taken = readSlopes(image, x, y, options)[alongX ? 1 : 2];
  if (options.mode === "nearest") return { taken, left: 0, right: 0, kink: false };
  const curve = (place) => readSlopes(image, ...(alongX ? [place, y] : [x, place]), options)[0];
  const [left, right] = sideSlopes(curve, alongX ? x : y);
  return { taken, left, right, kink: Math.abs(left - right) > 1e-9 };
}

// The four pixels round the point and their weights, also in the mode that takes only one.
function closeUp(state, taken) {
  const [column, row] = state.point;
  const cells = shares(column, row, "bilinear").map(([r, c]) => {
    const source = sourceOf(state, r, c);
    return { row: r, column: c, inside: source !== null, value: valueAt(state, source) };
  });
  return {
    cells,
    weights: weightsAmong(cells, taken),
    column,
    row,
    mode: state.mode,
    side: "input",
  };
}

export function derive(state, { ground }) {
  const { image, point, mode } = state;
  const cells = shares(point[0], point[1], mode).map(([row, column, weight]) => {
    const source = sourceOf(state, row, column);
    return { row, column, weight, source, inside: source !== null, value: valueAt(state, source) };
  });
  const byPixel = new Float64Array(image.data.length); // equation 6: ∂V/∂U
  for (const { source, weight } of cells) {
    if (source) byPixel[source[0] * image.width + source[1]] += weight;
  }
  const value = cells.reduce((sum, cell) => sum + cell.weight * cell.value, 0);
  return {
    cells,
    byPixel,
    value,
    ground,
    close: closeUp(state, cells),
    lines: [profile(state, true), profile(state, false)],
    slopes: [slopesAlong(state, true), slopesAlong(state, false)],
  };
}

// Rectangles [left, top, right, bottom] in pixels in which no step changes the value.
export function deadZones({ image: { height, width }, mode, padding }) {
  const [low, right, bottom] = [-REACH, width - 1 + REACH, height - 1 + REACH];
  if (mode === "nearest" || padding === "reflection") return [];
  if (padding === "zeros") {
    return [
      [low, low, right, -1],
      [low, height, right, bottom],
      [low, -1, -1, height],
      [width, -1, right, height],
    ];
  }
  return [
    [low, low, 0, 0],
    [low, height - 1, 0, bottom],
    [width - 1, low, right, 0],
    [width - 1, height - 1, right, bottom],
  ];
}

// What Python found at this point, when its notebook ran: {autograd, differences}, or null.
export function judgedAt({ judged, image, point, mode, padding }) {
  const same = judged.image?.flat().every((value, i) => value === image.data[i]);
  const isHere = (entry) => entry.point.every((value, i) => Math.abs(value - point[i]) < 1e-6);
  const found = (entry) => entry.mode === mode && entry.padding === padding && isHere(entry);
  return (same && judged.entries.find(found)) || null;
}
