// The pictures of a training replay: the chosen one large with its grid, and all of them small.
import { haloStroke, pixels } from "../shared/pen.js";
import { movedSquare, paintGrid, paintPicture, toScreen } from "../shared/picture.js";
import { mapPoint } from "../shared/warp.js";
import { thetaOf } from "./runs.js";

export const DASHES = [[], [5, 4]]; // the first run's lines, the second's

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

// Keep what is painted inside a box.
/** @type {(ctx: Pen, room: Box, paint: () => void) => void} */
function within(ctx, [left, top, width, height], paint) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  paint();
  ctx.restore();
}

// `record` is the index of what the run holds now, and `read` what its grid reads.
function paintBlock(
  ctx,
  { room, from, to },
  { run, record, read },
  { image, digit },
  scratch,
  theme,
) {
  const [left, top, width, height] = room;
  within(ctx, room, () => {
    ctx.fillStyle = theme.line;
    ctx.globalAlpha = 0.3;
    ctx.fillRect(left, top, width, height);
    ctx.globalAlpha = 1;
    paintPicture(ctx, from, image.canvas, run.alignCorners, theme.input);
    paintTrail(ctx, from, run, digit, record, theme);
    paintGrid(ctx, from, { ...read, size: run.output_size }, theme.input, theme.halo, 4);
  });
  const [rows, columns] = run.output_size;
  const canvas = pixels(read.output, rows, columns, scratch);
  paintPicture(ctx, to, canvas, run.alignCorners, theme.output);
}

export function paintPictures(ctx, { blocks }, state, { records, reads, scratch }, theme) {
  state.runs.forEach((run, k) => {
    const seen = { run, record: records[k], read: reads[k][state.digit] };
    paintBlock(ctx, blocks[k], seen, state, scratch, theme);
  });
}

export function paintStrip(
  ctx,
  { cell, columns, height },
  { runs, images, digit },
  { reads, scratch },
  theme,
) {
  columns.forEach(({ room, from, to }, i) => {
    paintPicture(ctx, from[0], images[i].canvas, runs[0].alignCorners, theme.input);
    within(ctx, room, () =>
      runs.forEach((_, k) => {
        ctx.setLineDash(DASHES[k]);
        haloStroke(ctx, movedSquare(from[k], reads[k][i].theta), theme.input, theme.halo, 1.5);
      }),
    );
    runs.forEach(({ output_size: [rows, across], alignCorners }, k) => {
      const canvas = pixels(reads[k][i].output, rows, across, scratch);
      paintPicture(ctx, to[k], canvas, alignCorners, theme.output);
    });
  });
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.strokeRect(digit * cell + 1, 1, cell - 2, height - 2);
}
