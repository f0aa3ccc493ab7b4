// How the grid explorer is painted: both pictures, what lies outside, the grid, one reading.
import { fixed } from "../shared/numbers.js";
import { arrow, haloStroke, hatchPixels, polygon, writeText } from "../shared/pen.js";
import { box, CORNERS, paintGrid, paintPicture, toScreen } from "../shared/picture.js";
import { handlePlaces, LETTERS } from "./layout.js";

function paintSurroundings(ctx, panel, { canvas, rows, columns }, alignCorners) {
  const [left, top, w, hgt] = box(panel, alignCorners, 0, 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(panel.left, panel.top, panel.side, panel.side);
  ctx.clip();
  ctx.globalAlpha = 0.26;
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(
    canvas,
    left - columns * w,
    top - rows * hgt,
    canvas.width * w,
    canvas.height * hgt,
  );
  ctx.restore();
}

function paintHoles(ctx, panel, { holes, hatching }, alignCorners, theme) {
  const style = { colour: theme.output, ground: theme.halo, gap: panel.side > 240 ? 6 : 4 };
  hatchPixels(ctx, holes, [panel.rows, panel.columns], box(panel, alignCorners), style, hatching);
}

// Ticks and numbers where -1 and 1 lie, and the letters of the corners that match the handles.
/** @type {(ctx: Pen, panel: any, theme: Theme, alignCorners: boolean, letters: boolean) => void} */
function paintScale(ctx, panel, theme, alignCorners, letters) {
  const [left, top, w, hgt] = box(panel, alignCorners);
  for (const value of [-1, 1]) {
    const [x, y] = toScreen(panel, [value, value]);
    const nudge = letters && Math.abs(x - panel.cx) > w / 2 - 7 ? -7 * value : 0;
    ctx.fillStyle = theme.muted;
    ctx.fillRect(x - 0.5, top + hgt + 2, 1, 5);
    ctx.fillRect(left - 7, y - 0.5, 5, 1);
    writeText(ctx, fixed(value, 0), x + nudge, top + hgt + 14, theme.muted, theme);
    if (left - panel.left > 22) {
      // a phone has no room for it
      writeText(ctx, fixed(value, 0), left - 9, y + nudge, theme.muted, theme, { align: "right" });
    }
  }
  if (!letters) return;
  CORNERS.forEach(([sx, sy], i) => {
    const x = sx < 0 ? left - 10 : left + w + 10;
    const y = sy < 0 ? top - 10 : top + hgt + 11;
    writeText(ctx, LETTERS[i], x, y, theme.ink, theme, { size: 12, weight: 700 });
  });
}

// The moving grid with the stem of its handle; when splatting with fewer dots, because the holes
// matter more.
function paintMoving(ctx, places, { direction, rows, columns, theta }, grid, theme) {
  const { moving } = places;
  const [colour, least] = direction === "gather" ? [theme.input, 5] : [theme.output, 8];
  const { stem, rotate } = handlePlaces(places, theta);
  ctx.save();
  ctx.beginPath();
  ctx.rect(moving.left, moving.top, moving.side, moving.side);
  ctx.clip();
  paintGrid(ctx, moving, { grid, theta, size: [rows, columns] }, colour, theme.halo, least);
  haloStroke(ctx, polygon([stem, rotate]), colour, theme.halo, 1.5);
  ctx.restore();
}

// The pointed pixel, the arrow to its point, and the pixels that take part there.
function paintReading(ctx, { still, moving }, { direction, alignCorners, pixel }, detail, theme) {
  const [from, to] =
    direction === "gather" ? [theme.output, theme.input] : [theme.input, theme.output];
  const [left, top, w, hgt] = box(still, alignCorners, pixel[0], pixel[1]);
  /** @type {(place: Box, colour: string, thick: number) => void} */
  const outline = ([x, y, width, height], colour, thick) => {
    const path = new Path2D();
    path.rect(x, y, width, height);
    haloStroke(ctx, path, colour, theme.halo, thick);
  };
  for (const { row, column, weight } of detail.cells) {
    if (weight > 0) outline(box(moving, alignCorners, row, column), to, 1.5);
  }
  outline([left, top, w, hgt], from, 2);
  arrow(ctx, [left + w / 2, top + hgt / 2], toScreen(moving, detail.point), theme.ink, theme.halo);
}

// The ground of the panel under the moving grid: what reading gives there, or a plain tint.
function paintGround(ctx, { moving }, around, { direction, alignCorners, padding }, theme) {
  const { cx, left, top, side } = moving;
  if (direction === "gather") {
    paintSurroundings(ctx, moving, around, alignCorners);
    writeText(ctx, `outside: ${padding}`, cx, top + side - 14, theme.muted, theme);
    return;
  }
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, side, side);
  ctx.globalAlpha = 1;
}

/** @type {(ctx: Pen, places: any, state: any, made: any, theme: Theme) => void} */
export function paint(ctx, places, state, made, theme) {
  const { input, output, still, moving } = places;
  const { alignCorners, direction } = state;
  paintGround(ctx, places, made.around, state, theme);
  paintPicture(ctx, input, made.inputCanvas, alignCorners, theme.input);
  paintPicture(ctx, output, made.outputCanvas, alignCorners, theme.output);
  if (direction === "splat") paintHoles(ctx, output, made, alignCorners, theme);
  paintScale(ctx, still, theme, alignCorners, true);
  paintScale(ctx, moving, theme, alignCorners, false);
  paintMoving(ctx, places, state, made.grid, theme);
  if (made.detail) paintReading(ctx, places, state, made.detail, theme);
}
