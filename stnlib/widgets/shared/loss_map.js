// A map of a loss over an angle (downwards) and a shift (to the right): where offsets lie on it, how
// it is painted, and how it is worked out, a little in every frame. An offset is [degrees, pixels];
// a map's place on the stage is {left, top, side, reach}, where `reach` is the largest offset.
import { mapCanvas } from "./heat_map.js";
import { clamp, fixed } from "./numbers.js";
import { haloStroke, writeText, writeTitle } from "./pen.js";

const SLICE = 6; // ms of work in a frame
const BATCH = 8; // losses at a time
const TICKS = [-1, -0.5, 0, 0.5, 1]; // parts of the reach

/** @type {(map: LossMap, offset: Point) => Point} */
export const toMap = ({ left, top, side, reach: [turn, move] }, [degrees, shift]) => [
  left + ((shift + move) / (2 * move)) * side,
  top + ((degrees + turn) / (2 * turn)) * side,
];

/** @type {(map: LossMap, point: Point) => Point} */
export const fromMap = ({ left, top, side, reach: [turn, move] }, [x, y]) => [
  ((y - top) / side) * 2 * turn - turn,
  ((x - left) / side) * 2 * move - move,
];

// An offset as it is stored: whole degrees, tenths of a pixel, on the map, and no minus zero.
/** @type {(offset: Point, reach: Point) => Point} */
export const tidyOffset = ([degrees, shift], [turn, move]) => [
  Math.round(clamp(degrees, -turn, turn)) + 0,
  Number(clamp(shift, -move, move).toFixed(1)) + 0,
];

/** @type {(offset: Point, by: Point, reach: Point) => Point} */
export const moveOffset = ([degrees, shift], [turn, along], reach) =>
  tidyOffset([degrees + turn, shift + along], reach);

// Where a drag over the map leads, from the place where it took hold.
/** @type {(map: LossMap, offset: Point, from: Point, to: Point) => Point} */
export function dragOffset(map, offset, from, to) {
  const [[turn, along], [newTurn, newAlong]] = [fromMap(map, from), fromMap(map, to)];
  return moveOffset(offset, [newTurn - turn, newAlong - along], map.reach);
}

// Where an arrow key leads: left and right keys shift, up and down keys turn.
export const nudgeOffset = (offset, dx, dy, large, reach) =>
  moveOffset(offset, large ? [10 * dy, dx] : [2 * dy, 0.2 * dx], reach);

// Offsets in n rows and n columns, over all of the reach.
/** @type {(n: number, reach: Point) => Point[]} */
export function lattice(n, [turn, move]) {
  const part = (i) => (2 * i) / (n - 1) - 1;
  return Array.from({ length: n * n }, (_, k) => [
    turn * part(Math.floor(k / n)),
    move * part(k % n),
  ]);
}

// Do jobs one after another, a little in every frame, and ask for a repaint when there is something
// to show. A job is a generator: it yields often, and true when there is something to show.
export function workInFrames(request) {
  const jobs = new Map();
  let frame = 0;
  function work() {
    const until = performance.now() + SLICE;
    let seen = false;
    while (jobs.size && performance.now() < until) {
      const [name, job] = jobs.entries().next().value;
      const { value, done } = job.next();
      if (done) jobs.delete(name);
      seen ||= done || value;
    }
    frame = jobs.size ? requestAnimationFrame(work) : 0;
    if (seen) request();
  }
  const drop = (name) => jobs.delete(name);
  function start(name, job) {
    drop(name);
    jobs.set(name, job);
    frame ||= requestAnimationFrame(work);
  }
  return { start, drop, busy: () => jobs.size > 0, stop: () => cancelAnimationFrame(frame) };
}

// Make a test of whether any of the values under a name has changed since it was last asked.
export function noticeChanges() {
  const seen = {};
  return (name, ...values) => {
    const same = seen[name]?.every((value, i) => value === values[i]);
    seen[name] = values;
    return !same;
  };
}

function* fineMap(canvas, lossesAt, { reach, fine, most, every }) {
  const places = lattice(fine, reach);
  const losses = new Float64Array(places.length);
  for (let i = 0; i < places.length; i += BATCH) {
    losses.set(lossesAt(places.slice(i, i + BATCH)), i);
    yield false;
  }
  mapCanvas(losses, fine, canvas, { most, every });
}

// Draw a map afresh: a coarse one at once, a fine one when the work is done. `map` is {reach,
// coarse, fine, most, every}: the numbers of rows, and the colours and lines of mapCanvas.
export function drawMap(canvas, lossesAt, map, work) {
  mapCanvas(lossesAt(lattice(map.coarse, map.reach)), map.coarse, canvas, map);
  work.start("map", fineMap(canvas, lossesAt, map));
}

// The map with its axes; `along` says what the shift is.
/** @type {(ctx: Pen, map: LossMap, canvas: HTMLCanvasElement, along: string, theme: Theme) => void} */
export function paintMap(ctx, map, canvas, along, theme) {
  const { left, top, side } = map;
  const [turn, move] = map.reach;
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(canvas, left, top, side, side);
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
  for (const part of TICKS) {
    const [, y] = toMap(map, [part * turn, 0]);
    const text = `${fixed(part * turn, 0)}°`;
    writeText(ctx, text, left - 6, y, theme.muted, theme, { align: "right" });
  }
  for (const part of TICKS) {
    const [x] = toMap(map, [0, part * move]);
    writeText(ctx, fixed(part * move, 0), x, top + side + 12, theme.muted, theme);
  }
  writeText(ctx, along, left + side / 2, top + side + 28, theme.muted, theme);
  writeTitle(ctx, "loss over angle and shift: dark is small", left, top - 12, theme.ink, theme);
}

// The cross at the true place, in the middle.
/** @type {(ctx: Pen, map: LossMap) => void} */
export function paintCross(ctx, map) {
  const cross = new Path2D();
  const [x, y] = toMap(map, [0, 0]);
  cross.moveTo(x - 7, y);
  cross.lineTo(x + 7, y);
  cross.moveTo(x, y - 7);
  cross.lineTo(x, y + 7);
  haloStroke(ctx, cross, "#fff", "#333", 2);
}
