// The curves of a training replay: the error of each run, and the parts of θ of one picture.
import { fixed, writeText } from "../shared/view.js";
import { DASHES } from "./scene.js";
import { lastUpTo } from "../shared/player.js";
import { partsOver, recordAt } from "./state.js";

const PARTS = [
  ["turn", "turn of the grid", (v) => `${fixed(v, 0)}°`, 20],
  ["scale", "scale", (v) => fixed(v), 0.2],
  ["tX", "middle, x", (v) => fixed(v), 0.2],
  ["tY", "middle, y", (v) => fixed(v), 0.2],
];
const [LEFT, TITLE, TALL, SMALL] = [40, 22, 96, 58];

// The error on top, over the full width; below it the parts, four in a row or two.
export function layoutCharts(width, last) {
  const across = width >= 560 ? 4 : 2;
  const gap = 18;
  const part = (width - (across - 1) * gap) / across;
  const frame = (left, top, w, height) => ({
    left: left + LEFT, top: top + TITLE, width: w - LEFT - 10, height, last,
  });
  const error = frame(0, 0, width, TALL);
  const below = error.top + TALL + 42;
  const parts = PARTS.map((_, i) => frame((i % across) * (part + gap),
    below + Math.floor(i / across) * (TITLE + SMALL + 14), part, SMALL));
  const bottom = parts[PARTS.length - 1];
  return { error, parts, width, height: bottom.top + bottom.height + 10 };
}

export const xOf = (frame, step) => frame.left + (frame.width * step) / (frame.last || 1);
export const stepAt = (frame, x) => ((x - frame.left) / frame.width) * frame.last;

// A frame with its range of values, its title, and a thin line where the present step is.
function paintFrame(ctx, frame, title, [low, high], format, step, theme) {
  const { left, top, width, height } = frame;
  writeText(ctx, title, left - LEFT, top - 11, theme.ink, theme, { weight: 600, size: 12, align: "left" });
  for (const [value, y] of [[high, top], [low, top + height]]) {
    writeText(ctx, format(value), left - 6, y + (value === high ? 4 : -4), theme.muted, theme, { align: "right" });
  }
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, 1, height);
  ctx.fillRect(left, top + height, width, 1);
  ctx.fillStyle = theme.muted;
  ctx.fillRect(xOf(frame, step) - 0.5, top, 1, height);
}

// One curve, strong up to the present step and faint after it.
function paintCurve(ctx, frame, steps, values, [low, high], step, dash, theme, dots) {
  const y = (value) => frame.top + frame.height * (1 - (value - low) / (high - low));
  const path = new Path2D();
  steps.forEach((at, i) => (i ? path.lineTo(xOf(frame, at), y(values[i]))
    : path.moveTo(xOf(frame, at), y(values[i]))));
  ctx.lineJoin = "round";
  ctx.lineWidth = 1.75;
  ctx.setLineDash(dash);
  ctx.strokeStyle = ctx.fillStyle = theme.ink;
  for (const [from, to, alpha] of [[frame.left - 4, xOf(frame, step), 1], [xOf(frame, step), frame.left + frame.width + 4, 0.3]]) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, frame.top - 4, to - from, frame.height + 8);
    ctx.clip();
    ctx.globalAlpha = alpha;
    ctx.stroke(path);
    ctx.restore();
  }
  ctx.setLineDash([]);
  if (dots === undefined || dots < 0) return;
  ctx.beginPath();
  ctx.arc(xOf(frame, steps[dots]), y(values[dots]), 3, 0, 7);
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
export function rangeOf(lists, least) {
  const all = lists.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const more = Math.max(least - (high - low), 0) / 2;
  return [low - more, high + more];
}

export function paintCharts(ctx, places, runs, { step, digit }, theme) {
  ctx.clearRect(0, 0, places.width, places.height);
  const top = Math.max(...runs.flatMap((run) => run.error), 1);
  const high = Math.min(Math.ceil(top / 10) * 10, 100);
  const percent = (value) => `${fixed(value, 0)} %`;
  paintFrame(ctx, places.error, "test error", [0, high], percent, step, theme);
  for (const value of [0, places.error.last]) {
    const align = value ? "right" : "left";
    const text = value ? `step ${value}` : "0";
    writeText(ctx, text, xOf(places.error, value), places.error.top + TALL + 24, theme.muted, theme, { align });
  }
  paintLegend(ctx, places.error, runs, theme);
  runs.forEach((run, k) => {
    if (!run.error.length) return;
    paintCurve(ctx, places.error, run.error_step, run.error, [0, high], step, DASHES[k], theme,
      lastUpTo(run.error_step, step));
  });
  const over = runs.map((run) => partsOver(run, digit));
  PARTS.forEach(([key, title, format, least], i) => {
    const range = rangeOf(over.map((parts) => parts[key]), least);
    paintFrame(ctx, places.parts[i], title, range, format, step, theme);
    runs.forEach((run, k) => paintCurve(ctx, places.parts[i], run.step, over[k][key], range, step,
      DASHES[k], theme, recordAt(run, step)));
  });
}
