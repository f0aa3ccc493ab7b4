// The runs of a training replay, decoded, and what they hold at a step. Pure functions, no DOM.
import { lastUpTo } from "../shared/player.js";
import { affineGrid, decompose, determinant, sample } from "../shared/warp.js";

// Whole numbers of two bytes, times a unit: θ of all records, pictures and entries in a row.
export function decodeRun({ theta, unit, ...rest }) {
  const bytes = theta.buffer ? theta : new DataView(theta);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float64Array.from(
    { length: view.byteLength / 2 },
    (_, i) => view.getInt16(2 * i, true) * unit,
  );
  return { ...rest, values, pictures: values.length / (6 * rest.step.length) };
}

// All runs of a figure, and the last step that any of them recorded.
export function readRuns(model) {
  const runs = model.get("runs").map(decodeRun);
  return { runs, last: Math.max(...runs.map((run) => run.step[run.step.length - 1])) };
}

/** @returns {Theta} */
export function thetaOf(run, record, picture) {
  const start = 6 * (record * run.pictures + picture);
  return Array.from(run.values.subarray(start, start + 6));
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

// The parts of one picture's θ over all records, {turn: [...], ...}; a turn past 180° makes no jump.
export function partsOver(run, picture) {
  const rows = run.step.map((_, record) => partsOf(thetaOf(run, record, picture)));
  rows.forEach((row, i) => {
    if (i) row.turn -= 360 * Math.round((row.turn - rows[i - 1].turn) / 360);
  });
  return Object.fromEntries(Object.keys(rows[0]).map((key) => [key, rows.map((row) => row[key])]));
}

// What a run's grid is and reads at one record of one picture.
export function readAt(run, record, picture, image) {
  const theta = thetaOf(run, record, picture);
  const grid = affineGrid(theta, run.output_size, run.alignCorners);
  return { theta, grid, output: sample(image, grid, run) };
}
