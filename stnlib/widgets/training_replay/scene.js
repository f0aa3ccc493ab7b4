// The pictures of a training replay: the chosen one large with its grid, and all of them small.
import { mapPoint } from "../shared/warp.js";
import { haloStroke, pixels } from "../shared/view.js";
import { box, movedSquare, paintGrid, paintPicture, panelAt, toScreen } from "../shared/picture.js";
import { thetaOf } from "./state.js";

const [TOP, GAP, REACH] = [26, 14, 1.14];
export const DASHES = [[], [5, 4]]; // the first run's lines, the second's

// One block a run, side by side or, on a phone, one above the other: the input with room around
// it, and right of it the output.
export function layoutPictures(width, count) {
  const across = width >= 560 ? count : 1;
  const block = Math.min((width - (across - 1) * 2 * GAP) / across, 460);
  const input = 0.6 * block;
  const output = block - input - GAP;
  const height = TOP + input;
  const places = Array.from({ length: count }, (_, i) => {
    const left = (i % across) * (block + 2 * GAP);
    const top = Math.floor(i / across) * (height + GAP);
    return { left, top, input, output, right: left + input + GAP };
  });
  return { places, width, height: Math.ceil(count / across) * (height + GAP) - GAP };
}

// The grid at the first record, and the way of its middle from there to here.
function paintTrail(ctx, panel, run, picture, record, theme) {
  ctx.setLineDash([2, 3]);
  haloStroke(ctx, movedSquare(panel, thetaOf(run, 0, picture)), theme.muted, theme.halo, 1);
  ctx.setLineDash([]);
  const way = new Path2D();
  for (let i = 0; i <= record; i++) {
    const [x, y] = toScreen(panel, mapPoint(thetaOf(run, i, picture), [0, 0]));
    if (i) way.lineTo(x, y);
    else way.moveTo(x, y);
  }
  haloStroke(ctx, way, theme.input, theme.halo, 1.5);
}

// `read` is what the run's grid reads now; `canvases` are the picture's and one for the output.
export function paintBlock(ctx, { left, top, input, output, right }, run, record, state, read, theme) {
  const { image, digit, scratch } = state;
  const middle = [left + input / 2, top + TOP + input / 2];
  const panel = panelAt(middle, input / 2 / REACH, [image.height, image.width], run.alignCorners);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top + TOP, input, input);
  ctx.clip();
  ctx.fillStyle = theme.line;
  ctx.globalAlpha = 0.3;
  ctx.fillRect(left, top + TOP, input, input);
  ctx.globalAlpha = 1;
  paintPicture(ctx, panel, image.canvas, run.alignCorners, theme.input);
  paintTrail(ctx, panel, run, digit, record, theme);
  paintGrid(ctx, panel, { ...read, size: run.output_size }, theme.input, theme.halo, 4);
  ctx.restore();
  const [rows, columns] = run.output_size;
  const unit = output / 2 - 2;
  const shown = panelAt([right + output / 2, top + TOP + 2 + (unit * rows) / Math.max(rows, columns)],
    unit, run.output_size, run.alignCorners);
  paintPicture(ctx, shown, pixels(read.output, rows, columns, scratch), run.alignCorners, theme.output);
  return box(shown, run.alignCorners);
}

// Where the small pictures stand: a column a picture, a row for the inputs and one for each run.
export function layoutStrip(width, count, runs) {
  const cell = Math.min(width / count, 96);
  return { cell, width: cell * count, height: cell * (1 + runs), inner: cell - Math.max(4, 0.08 * cell) };
}

export function paintStrip(ctx, strip, runs, reads, { images, digit, scratch }, theme) {
  const at = (column, row) => [(column + 0.5) * strip.cell, (row + 0.5) * strip.cell];
  ctx.clearRect(0, 0, strip.width, strip.height);
  images.forEach((image, i) => {
    const half = strip.inner / 2 - 1;
    const panel = panelAt(at(i, 0), half, [image.height, image.width], runs[0].alignCorners);
    paintPicture(ctx, panel, image.canvas, runs[0].alignCorners, theme.input);
    ctx.save();
    ctx.beginPath();
    ctx.rect(i * strip.cell, 0, strip.cell, strip.cell);
    ctx.clip();
    runs.forEach((run, k) => {
      const own = panelAt(at(i, 0), half, [image.height, image.width], run.alignCorners);
      ctx.setLineDash(DASHES[k]);
      haloStroke(ctx, movedSquare(own, reads[k][i].theta), theme.input, theme.halo, 1.5);
    });
    ctx.restore();
    runs.forEach((run, k) => {
      const place = panelAt(at(i, k + 1), half, run.output_size, run.alignCorners);
      const canvas = pixels(reads[k][i].output, ...run.output_size, scratch);
      paintPicture(ctx, place, canvas, run.alignCorners, theme.output);
    });
  });
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.strokeRect(digit * strip.cell + 1, 1, strip.cell - 2, strip.height - 2);
}
