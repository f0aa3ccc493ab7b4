// How the bench is painted: grids, what they read, the pull on each point, the curves.
import { paintBars } from "../shared/bars.js";
import { haloStroke, pixels, writeText, writeTitle } from "../shared/pen.js";
import { movedSquare, paintGrid, paintPicture, paintRoom, toScreen } from "../shared/picture.js";
import { xOf } from "./layout.js";
import { READ } from "./model.js";
import { CHARTS, TITLES } from "./words.js";

const [LONGEST, STRONGEST] = [24, 400]; // px of the longest arrow; px for a pull of 1

// The pull on each point of a grid: where it would go, a moment from now.
function paintPull(ctx, panel, grid, pull, theme) {
  let most = 0;
  for (let k = 0; k < pull.length; k += 2) most = Math.max(most, Math.hypot(pull[k], pull[k + 1]));
  const unit = Math.min(most ? LONGEST / most : 0, STRONGEST);
  const [lines, heads] = [new Path2D(), new Path2D()];
  for (let k = 0; k < pull.length; k += 2) {
    const [dx, dy] = [unit * pull[k], unit * pull[k + 1]];
    if (Math.hypot(dx, dy) < 2) continue;
    const [x, y] = toScreen(panel, [grid[k], grid[k + 1]]);
    lines.moveTo(x, y);
    lines.lineTo(x + dx, y + dy);
    const angle = Math.atan2(dy, dx);
    for (const side of [-0.5, 0.5]) {
      heads.moveTo(x + dx, y + dy);
      heads.lineTo(x + dx - 5 * Math.cos(angle + side), y + dy - 5 * Math.sin(angle + side));
    }
  }
  for (const path of [lines, heads]) haloStroke(ctx, path, theme.output, theme.halo, 1.5);
}

// The network's own grid where a hand has put another one, and the way that this one went.
function paintApart(ctx, panel, own, shown, way, theme) {
  ctx.setLineDash([5, 4]);
  haloStroke(ctx, movedSquare(panel, own.theta), theme.input, theme.halo, 1.5);
  const line = new Path2D();
  line.moveTo(...toScreen(panel, [own.theta[2], own.theta[5]]));
  line.lineTo(...toScreen(panel, [shown.theta[2], shown.theta[5]]));
  haloStroke(ctx, line, theme.muted, theme.halo, 1);
  ctx.setLineDash([]);
  const trail = new Path2D();
  way.forEach((point, i) => {
    if (i) trail.lineTo(...toScreen(panel, point));
    else trail.moveTo(...toScreen(panel, point));
  });
  haloStroke(ctx, trail, theme.output, theme.halo, 1.5);
}

export function paintLarge(ctx, { room, from, to, bars, titles }, state, made, theme) {
  if (!made.own) return;
  const { own, shown, look, way, scratch } = made;
  const image = state.images[state.digit];
  paintRoom(ctx, room, theme, () => {
    paintPicture(ctx, from, image.canvas, false, theme.input);
    if (state.held) paintApart(ctx, from, own[state.digit], shown, way, theme);
    paintGrid(ctx, from, shown, theme.input, theme.halo);
    if (look) paintPull(ctx, from, shown.grid, look.pull, theme);
  });
  writeTitle(ctx, TITLES.input, titles[0], room[1] - 12, theme.input, theme);
  paintPicture(ctx, to, pixels(shown.output, READ, READ, scratch), false, theme.output);
  writeTitle(ctx, TITLES.output, titles[1], room[1] - 12, theme.output, theme);
  const chances = look?.chances ?? new Array(10).fill(0);
  paintBars(ctx, bars, TITLES.bars, chances, image.label, theme.output, theme);
}

export function paintStrip(ctx, { cell, columns, height }, state, { own, scratch }, theme) {
  if (!own) return;
  columns.forEach(({ room, from, to }, i) => {
    paintPicture(ctx, from, state.images[i].canvas, false, theme.input);
    ctx.save();
    ctx.beginPath();
    ctx.rect(...room);
    ctx.clip();
    haloStroke(ctx, movedSquare(from, own[i].theta), theme.input, theme.halo, 1.5);
    ctx.restore();
    paintPicture(ctx, to, pixels(own[i].output, READ, READ, scratch), false, theme.output);
  });
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.strokeRect(state.digit * cell + 1, 1, cell - 2, height - 2);
}

function paintFrame(ctx, frame, { title, ends, most }, theme) {
  const { left, top, width, height } = frame;
  writeText(ctx, title, frame.title, top - 12, theme.ink, theme, {
    weight: 600,
    size: 12,
    align: "left",
  });
  writeText(ctx, ends(most), left - 6, top + 4, theme.muted, theme, { align: "right" });
  writeText(ctx, ends(0), left - 6, top + height - 4, theme.muted, theme, { align: "right" });
  writeText(ctx, "0", left, top + height + 12, theme.muted, theme, { align: "left" });
  const last = `step ${frame.whole}`;
  writeText(ctx, last, left + width, top + height + 12, theme.muted, theme, { align: "right" });
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, 1, height);
  ctx.fillRect(left, top + height, width, 1);
}

// The curves, up to the present step; a value above the frame stays at its top.
export function paintCharts(ctx, { frames }, { news }, _, theme) {
  for (const frame of frames) {
    const chart = CHARTS[frame.kind];
    paintFrame(ctx, frame, chart, theme);
    if (!news) continue;
    const points = chart.points(news.history);
    const path = new Path2D();
    points.forEach(([step, value], i) => {
      const y = frame.top + frame.height * (1 - Math.min(value / chart.most, 1));
      if (i) path.lineTo(xOf(frame, step), y);
      else path.moveTo(xOf(frame, step), y);
    });
    ctx.lineJoin = "round";
    ctx.lineWidth = 1.75;
    ctx.strokeStyle = theme.ink;
    ctx.stroke(path);
    const [step, value] = points.at(-1) ?? [];
    if (step === undefined) continue;
    const y = frame.top + frame.height * (1 - Math.min(value / chart.most, 1));
    ctx.fillStyle = theme.ink;
    ctx.beginPath();
    ctx.arc(xOf(frame, step), y, 3, 0, 7);
    ctx.fill();
  }
}
