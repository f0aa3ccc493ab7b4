// The curves of a training replay: the error of each run, and the parts of θ of one picture.
import { writeText } from "../shared/pen.js";
import { lastUpTo } from "../shared/player.js";
import { xOf } from "./layout.js";
import { DASHES, lineOf } from "./marks.js";
import { recordAt } from "./runs.js";
import { ERROR, PARTS, stepMark } from "./words.js";

// A frame with its range of values, its title, and a thin line where the present step is.
function paintFrame(ctx, frame, { name, format }, [low, high], step, theme) {
  const { title, left, top, width, height } = frame;
  writeText(ctx, name, title, top - 11, theme.ink, theme, { weight: 600, size: 12, align: "left" });
  for (const [value, y] of [
    [high, top + 4],
    [low, top + height - 4],
  ]) {
    writeText(ctx, format(value), left - 6, y, theme.muted, theme, { align: "right" });
  }
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, 1, height);
  ctx.fillRect(left, top + height, width, 1);
  ctx.fillStyle = theme.muted;
  ctx.fillRect(xOf(frame, step) - 0.5, top, 1, height);
}

// A curve through values at steps: its path, and where its point i is.
/** @type {(frame: any, range: [number, number], steps: number[], values: number[]) => any} */
function curveOf(frame, [low, high], steps, values) {
  const at = (i) => [
    xOf(frame, steps[i]),
    frame.top + frame.height * (1 - (values[i] - low) / (high - low)),
  ];
  const path = new Path2D();
  steps.forEach((_, i) => {
    const [x, y] = at(i);
    if (i) path.lineTo(x, y);
    else path.moveTo(x, y);
  });
  return { path, at };
}

// One curve, strong up to the present step and faint after it; a dot at point `now`, −1 for none.
function paintCurve(ctx, frame, { path, at }, now, step, { dash, colour }) {
  const [start, here, end] = [frame.left - 4, xOf(frame, step), frame.left + frame.width + 4];
  ctx.lineJoin = "round";
  ctx.lineWidth = 1.75;
  ctx.setLineDash(dash);
  ctx.strokeStyle = ctx.fillStyle = colour;
  for (const [from, to, alpha] of [
    [start, here, 1],
    [here, end, 0.3],
  ]) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, frame.top - 4, to - from, frame.height + 8);
    ctx.clip();
    ctx.globalAlpha = alpha;
    ctx.stroke(path);
    ctx.restore();
  }
  ctx.setLineDash([]);
  if (now < 0) return;
  const [x, y] = at(now);
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 7);
  ctx.fill();
}

// Which line is whose, in the corner that a falling error leaves free.
function paintLegend(ctx, { left, top, width }, runs, theme) {
  ctx.lineWidth = 1.75;
  runs.forEach(({ name }, k) => {
    const y = top + 6 + 16 * k;
    writeText(ctx, name, left + width - 40, y, theme.ink, theme, { align: "right" });
    ctx.setLineDash(DASHES[k]);
    ctx.strokeStyle = theme.ink;
    ctx.strokeRect(left + width - 34, y, 26, 0);
  });
  ctx.setLineDash([]);
}

// The least range round all values, at least so wide.
/** @type {(lists: number[][], least: number) => [number, number]} */
export function rangeOf(lists, least) {
  const all = lists.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const more = Math.max(least - (high - low), 0) / 2;
  return [low - more, high + more];
}

// From 0 to the next whole ten percent above all errors.
/** @type {(runs: any[]) => [number, number]} */
function errorRange(runs) {
  const top = Math.max(...runs.flatMap((run) => run.error), 1);
  return [0, Math.min(Math.ceil(top / 10) * 10, 100)];
}

function paintError(ctx, frame, { runs, step }, theme) {
  const range = errorRange(runs);
  paintFrame(ctx, frame, ERROR, range, step, theme);
  for (const value of [0, frame.last]) {
    const [x, y] = [xOf(frame, value), frame.top + frame.height + 24];
    const align = value ? "right" : "left";
    writeText(ctx, stepMark(value), x, y, theme.muted, theme, { align });
  }
  paintLegend(ctx, frame, runs, theme);
  runs.forEach(({ error_step, error }, k) => {
    const now = lastUpTo(error_step, step);
    const curve = curveOf(frame, range, error_step, error);
    const line = { dash: DASHES[k], colour: theme.ink };
    if (error.length) paintCurve(ctx, frame, curve, now, step, line);
  });
}

// Heights, rising, pushed so far apart from each other, and kept above a floor.
export function apart(heights, least, floor) {
  const kept = [];
  for (const y of heights) kept.push(Math.max(y, kept.length ? kept[kept.length - 1] + least : y));
  let next = floor + least;
  for (let i = kept.length - 1; i >= 0; i--) next = kept[i] = Math.min(kept[i], next - least);
  return kept;
}

// The numbers of grids beside the dots of their curves.
function paintNumbers(ctx, { left, top, width, height }, dots, theme) {
  const sorted = [...dots].sort((p, q) => p.y - q.y);
  const places = apart(
    sorted.map(({ y }) => y),
    11,
    top + height + 3,
  );
  sorted.forEach(({ g, x }, i) => {
    const side = x > left + width - 14 ? -9 : 9;
    writeText(ctx, `${g + 1}`, x + side, places[i], theme.ink, theme, { weight: 700 });
  });
}

// One part of θ: a curve for each run, and for each of its grids.
function paintPart(ctx, frame, part, shown, { state, parts }, theme) {
  const { runs, step, numbered } = state;
  const curves = shown.flatMap((run) =>
    parts[runs.indexOf(run)].map((values, g) => ({ run, g, values: values[part.key] })),
  );
  const range = rangeOf(
    curves.map(({ values }) => values),
    part.least,
  );
  paintFrame(ctx, frame, part, range, step, theme);
  const dots = curves.map(({ run, g, values }) => {
    const curve = curveOf(frame, range, run.step, values);
    const [k, now] = [runs.indexOf(run), recordAt(run, step)];
    const { colour, dash } = lineOf(state, k, g, theme);
    const line = { dash, colour: numbered ? colour : theme.ink };
    paintCurve(ctx, frame, curve, now, step, line);
    const [x, y] = curve.at(now);
    return { g, x, y };
  });
  if (dots.some(({ g }) => g)) paintNumbers(ctx, frame, dots, theme);
}

export function paintCharts(ctx, { error, groups }, state, { parts }, theme) {
  paintError(ctx, error, state, theme);
  for (const { name, shown, parts: frames } of groups) {
    if (name) {
      const [x, y] = name;
      writeText(ctx, shown[0].name, x, y, theme.muted, theme, { align: "left", size: 12 });
    }
    PARTS.forEach((part, i) => {
      paintPart(ctx, frames[i], part, shown, { state, parts }, theme);
    });
  }
}
