// The picture part of the pixel lab: the pixels, the point, and a curve beside each of two sides,
// on the picture's own scale, so that a kink stands under its pixel.
import { arrow, haloStroke, polygon, writeText } from "../shared/view.js";
import { fitCanvas } from "../shared/figure.js";
import { paintCurve, paintDial } from "./curves.js";
import { deadZones, REACH, sourceOf, valueOf } from "./state.js";
import { short } from "./words.js";

const [GUTTER, GAP, HEAD] = [24, 16, 20];

export function layoutLab(width, { image }) {
  const [columns, rows] = [image.width, image.height].map((n) => n - 1 + 2 * REACH);
  const side = Math.min(Math.max(0.2 * width, 76), 150); // of the curves
  const cell = Math.min((width - GUTTER - GAP - side) / columns, 64);
  const [left, top] = [GUTTER, HEAD];
  const [right, bottom] = [left + columns * cell, top + rows * cell];
  return {
    cell, left, top, right, bottom, side, width,
    below: bottom + GAP + 8, beside: right + GAP, height: bottom + GAP + 8 + side * 0.8 + 18,
    columns: image.width, rows: image.height,
  };
}

export const toStage = ({ left, top, cell }, [x, y]) => [left + (x + REACH) * cell, top + (y + REACH) * cell];
export const fromStage = ({ left, top, cell }, [u, v]) => [(u - left) / cell - REACH, (v - top) / cell - REACH];

function rectangle(places, [x0, y0, x1, y1]) {
  const [[left, top], [right, bottom]] = [toStage(places, [x0, y0]), toStage(places, [x1, y1])];
  const path = new Path2D();
  path.rect(left, top, right - left, bottom - top);
  return path;
}

const square = (x, y) => [x - 0.5, y - 0.5, x + 0.5, y + 0.5];

function paintPixels(ctx, places, state, theme) {
  const ring = [-2, -1];
  const around = (n) => [...ring, ...Array(n).keys(), n, n + 1];
  for (const row of around(state.image.height)) {
    for (const column of around(state.image.width)) {
      const source = sourceOf(state, row, column);
      const value = valueOf(state, source);
      const inside = source && source[0] === row && source[1] === column;
      const path = rectangle(places, square(column, row));
      ctx.globalAlpha = inside ? 1 : 0.3;
      ctx.fillStyle = `rgb(${Array(3).fill(Math.round(255 * value))})`;
      ctx.fill(path);
      ctx.globalAlpha = inside ? 0.6 : 0.3;
      ctx.lineWidth = 1;
      ctx.strokeStyle = theme.muted;
      ctx.stroke(path);
      ctx.globalAlpha = 1;
    }
  }
  const path = rectangle(places, [-0.5, -0.5, state.image.width - 0.5, state.image.height - 0.5]);
  haloStroke(ctx, path, theme.input, theme.halo, 2);
}

function paintNumbers(ctx, places, state, theme) {
  const size = Math.max(9, Math.min(14, 0.32 * places.cell));
  for (let row = -1; row <= state.image.height; row++) {
    for (let column = -1; column <= state.image.width; column++) {
      const source = sourceOf(state, row, column);
      const value = valueOf(state, source);
      const inside = source && source[0] === row && source[1] === column;
      const [x, y] = toStage(places, [column, row + 0.24]); // below the centre, where points stand
      const ink = inside ? (value > 0.55 ? "#000" : "#fff") : theme.muted;
      const halo = inside ? (value > 0.55 ? "rgba(255, 255, 255, 0.7)" : "rgba(0, 0, 0, 0.6)") : theme.halo;
      writeText(ctx, short(value), x, y, ink, { ...theme, halo }, { size, weight: inside ? 600 : 400 });
    }
  }
}

function paintDeadZones(ctx, places, state, theme) {
  const zones = new Path2D();
  for (const zone of deadZones(state)) zones.addPath(rectangle(places, zone));
  ctx.save();
  ctx.clip(zones);
  ctx.globalAlpha = 0.4;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  const tall = places.bottom - places.top;
  for (let x = places.left - tall; x < places.right; x += 7) {
    ctx.moveTo(x, places.bottom);
    ctx.lineTo(x + tall, places.top);
  }
  ctx.stroke();
  ctx.restore();
}

// The square of one pixel's size round the point, cut where it crosses from pixel to pixel.
function paintSquare(ctx, places, { point: [x, y], mode }, cells, theme) {
  const box = mode === "nearest" ? square(cells[0].column, cells[0].row) : square(x, y);
  const path = rectangle(places, box);
  ctx.fillStyle = theme.output;
  ctx.globalAlpha = 0.42;
  ctx.fill(path);
  ctx.globalAlpha = 1;
  if (mode !== "nearest") {
    const [cutX, cutY] = [Math.floor(x) + 0.5, Math.floor(y) + 0.5];
    path.addPath(rectangle(places, [cutX, box[1], cutX, box[3]]));
    path.addPath(rectangle(places, [box[0], cutY, box[2], cutY]));
  }
  haloStroke(ctx, path, theme.output, theme.halo, 1.5);
}

function paintMarks(ctx, places, state, theme, withSlopes) {
  for (const stop of withSlopes ? state.stops : []) {
    const [x, y] = toStage(places, stop);
    const r = Math.max(6, 0.36 * places.cell);
    haloStroke(ctx, polygon([[x, y - r], [x + r, y], [x, y + r], [x - r, y]]), theme.ink, theme.halo, 1);
  }
  if (state.pixel) {
    const path = rectangle(places, square(state.pixel[1], state.pixel[0]));
    haloStroke(ctx, path, theme.input, theme.halo, 3);
  }
}

// Whole columns and rows: dotted lines from the pixels' centres to the curves, and their numbers.
function paintScale(ctx, places, { image }, theme) {
  ctx.save();
  ctx.strokeStyle = theme.muted;
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  for (let column = 0; column < image.width; column++) {
    const [x] = toStage(places, [column, 0]);
    ctx.moveTo(x, places.bottom + 2);
    ctx.lineTo(x, places.below + places.side * 0.8);
  }
  for (let row = 0; row < image.height; row++) {
    const [, y] = toStage(places, [0, row]);
    ctx.moveTo(places.right + 2, y);
    ctx.lineTo(places.beside + places.side, y);
  }
  ctx.stroke();
  ctx.restore();
  for (let column = 0; column < image.width; column++) {
    const [x] = toStage(places, [column, 0]);
    writeText(ctx, String(column), x, places.bottom + 11, theme.muted, theme);
  }
  for (let row = 0; row < image.height; row++) {
    const [, y] = toStage(places, [0, row]);
    writeText(ctx, String(row), places.left - 10, y, theme.muted, theme);
  }
}

// What the point does not change: pixels, numbers, dead zones, marks and scales.
function paintGround(ctx, places, state, theme, withSlopes) {
  ctx.clearRect(0, 0, places.width, places.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(places.left, places.top, places.right - places.left, places.bottom - places.top);
  ctx.clip();
  paintPixels(ctx, places, state, theme);
  if (withSlopes) paintDeadZones(ctx, places, state, theme);
  paintMarks(ctx, places, state, theme, withSlopes);
  paintNumbers(ctx, places, state, theme);
  ctx.restore();
  writeText(ctx, `outside: ${state.padding}`, places.left, 9, theme.muted, theme, { align: "left" });
}

// `ground` is a canvas that keeps the part of the picture that the point does not change.
export function paintLab(ctx, places, state, made, theme, withSlopes, ground) {
  const { width, height, left, top, right, bottom } = places;
  const kept = [state.image.data.join(), state.padding, state.mode, state.pixel, state.stops, width, ctx.canvas.width].join(" ");
  if (ground.kept !== kept || ground.theme !== theme) {
    Object.assign(ground, { kept, theme });
    paintGround(fitCanvas(ground, width, height), places, state, theme, withSlopes);
  }
  ctx.clearRect(0, 0, width, height);
  ctx.drawImage(ground, 0, 0, width, height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  paintSquare(ctx, places, state, made.cells, theme);
  const [x, y] = toStage(places, state.point);
  if (withSlopes) {
    const [dx, dy] = made.slopes.map(({ taken }) => 1.5 * taken * places.cell);
    arrow(ctx, [x, y], [x + dx, y + dy], theme.ink, theme.halo, 0);
  }
  ctx.restore();
  paintCurve(ctx, places, state, made, true, theme, withSlopes);
  paintCurve(ctx, places, state, made, false, theme, withSlopes);
  paintScale(ctx, places, state, theme);
  if (withSlopes) paintDial(ctx, places, made.slopes, theme);
}
