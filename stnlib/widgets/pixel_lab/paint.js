// How the pixel lab is painted: the ground, the point with its square, the curves with their scale.
import { arrow, haloStroke, writeText } from "../shared/pen.js";
import { paintCurve, paintDial } from "./curves.js";
import { keepGround } from "./ground.js";
import { rectangle, square, toStage } from "./layout.js";

// The square of one pixel's size round the point, cut where it crosses from pixel to pixel.
function paintSquare(ctx, places, { point: [x, y], mode }, cells, theme) {
  const box = mode === "nearest" ? square(cells[0].column, cells[0].row) : square(x, y);
  const path = rectangle(places, box);
  ctx.fillStyle = theme.input;
  ctx.globalAlpha = 0.42;
  ctx.fill(path);
  ctx.globalAlpha = 1;
  if (mode !== "nearest") {
    const [cutX, cutY] = [Math.floor(x) + 0.5, Math.floor(y) + 0.5];
    path.addPath(rectangle(places, [cutX, box[1], cutX, box[3]]));
    path.addPath(rectangle(places, [box[0], cutY, box[2], cutY]));
  }
  haloStroke(ctx, path, theme.input, theme.halo, 1.5);
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

// The point: its square and, with slopes, the arrow uphill.
function paintPoint(ctx, places, state, { cells, slopes }, theme) {
  const { left, top, right, bottom, cell } = places;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  paintSquare(ctx, places, state, cells, theme);
  if (state.withSlopes) {
    const [x, y] = toStage(places, state.point);
    const [dx, dy] = slopes.map(({ taken }) => 1.5 * taken * cell);
    arrow(ctx, [x, y], [x + dx, y + dy], theme.ink, theme.halo, 0);
  }
  ctx.restore();
}

/** @type {(ctx: Pen, places: any, state: any, made: any, theme: Theme) => void} */
export function paint(ctx, places, state, made, theme) {
  keepGround(made.ground, places, state, theme, ctx.canvas.width);
  ctx.drawImage(made.ground, 0, 0, places.width, places.height);
  paintPoint(ctx, places, state, made, theme);
  paintCurve(ctx, places, state, made, true, theme);
  paintCurve(ctx, places, state, made, false, theme);
  paintScale(ctx, places, state, theme);
  if (state.withSlopes) paintDial(ctx, places, made.slopes, theme);
}
