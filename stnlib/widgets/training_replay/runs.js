// The runs of a training replay, decoded, and what they hold at a step. Pure functions, no DOM.
import { spline } from "../shared/control_families.js";
import { lastUpTo } from "../shared/player.js";
import {
  affineGrid,
  axis,
  bentGrid,
  decompose,
  determinant,
  mapPoint,
  sample,
} from "../shared/warp.js";

// A family says how many numbers a map has, and makes the map of them: `theta` are its six numbers,
// those of a spline without its bending; `at` maps a point, and `grid` gives the grid of an output.
const AFFINE = {
  count: 6,
  /** @type {(theta: Theta) => any} */
  mapOf: (theta) => ({
    theta,
    bent: false,
    at: (point) => mapPoint(theta, point),
    grid: (size, alignCorners) => affineGrid(theta, size, alignCorners),
  }),
};

function splineOf(size) {
  const { count, jet, linearPart } = spline(size);
  function mapOf(numbers) {
    const to = jet(numbers);
    const grid = ([rows, columns], alignCorners) =>
      bentGrid(to, axis(columns, alignCorners), axis(rows, alignCorners)).grid;
    return {
      theta: linearPart(numbers),
      bent: true,
      at: ([x, y]) => to(x, y).slice(0, 2),
      grid,
    };
  }
  return { count, mapOf };
}

// Whole numbers of two bytes, times a unit: θ of all records, pictures and entries in a row.
// `grids` has for each grid on a picture the size of its control points; none for an affine map.
export function decodeRun({ theta, unit, grids = [[]], ...rest }) {
  const bytes = theta.buffer ? theta : new DataView(theta);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float64Array.from(
    { length: view.byteLength / 2 },
    (_, i) => view.getInt16(2 * i, true) * unit,
  );
  const families = grids.map((size) => (size.length ? splineOf(size) : AFFINE));
  const count = families.reduce((sum, family) => sum + family.count, 0);
  return { ...rest, families, count, values, pictures: values.length / (count * rest.step.length) };
}

// All runs of a figure, and the last step that any of them recorded.
export function readRuns(model) {
  const runs = model.get("runs").map(decodeRun);
  return { runs, last: Math.max(...runs.map((run) => run.step[run.step.length - 1])) };
}

// Each picture as a list of its channels, from all channels in a row and the shape of the trait.
export const channelsOf = (planes, shape) =>
  Array.from({ length: shape[0] }, (_, i) => {
    const count = planes.length / shape[0];
    return planes.slice(i * count, (i + 1) * count);
  });

// The maps of all grids of a run at one record of one picture.
export function mapsOf(run, record, picture) {
  let start = run.count * (record * run.pictures + picture);
  return run.families.map(({ count, mapOf }) => {
    start += count;
    return mapOf(Array.from(run.values.subarray(start - count, start)));
  });
}

export const recordAt = (run, step) => Math.max(lastUpTo(run.step, step), 0);

export function errorAt(run, step) {
  const index = lastUpTo(run.error_step, step);
  return index < 0 ? null : run.error[index];
}

// All steps that any of the runs recorded, rising.
export const stepsOf = (runs) =>
  [...new Set(runs.flatMap((run) => run.step))].sort((a, b) => a - b);

// θ in readable parts; the scale is the factor of lengths. Degrees, and normalised units.
/** @param {Theta} theta */
export function partsOf(theta) {
  const { rotation, tX, tY } = decompose(theta);
  return {
    turn: (rotation * 180) / Math.PI,
    scale: Math.sqrt(Math.abs(determinant(theta))),
    tX,
    tY,
  };
}

// The parts of θ of each grid on one picture over all records, {turn: [...], ...}; a turn past 180°
// makes no jump.
export function partsOver(run, picture) {
  const all = run.step.map((_, record) => mapsOf(run, record, picture));
  return run.families.map((_, g) => inColumns(all.map((maps) => partsOf(maps[g].theta))));
}

function inColumns(rows) {
  rows.forEach((row, i) => {
    if (i) row.turn -= 360 * Math.round((row.turn - rows[i - 1].turn) / 360);
  });
  return Object.fromEntries(Object.keys(rows[0]).map((key) => [key, rows.map((row) => row[key])]));
}

// What each grid of a run is and reads, channel by channel, at one record of one picture.
export function readAt(run, record, picture, channels) {
  return mapsOf(run, record, picture).map((map) => {
    const grid = map.grid(run.output_size, run.alignCorners);
    return { ...map, grid, outputs: channels.map((channel) => sample(channel, grid, run)) };
  });
}
