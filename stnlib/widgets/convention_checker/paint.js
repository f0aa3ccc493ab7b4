// How one side of the convention checker is painted: the input with its pixels, the square from −1
// to 1 and the moved grid, and the output.
import { fixed } from "../shared/numbers.js";
import { arrow, haloStroke, pixels, polygon, writeText } from "../shared/pen.js";
import { box, CORNERS, movedSquare, paintGrid, paintPicture, toScreen } from "../shared/picture.js";
import { affineGrid, mapPoint, normalisedFromPixel } from "../shared/warp.js";
import { middleOf } from "./layout.js";

const [SMALLEST, MOST] = [7, 64]; // pixels smaller than this, or more of them, are not drawn singly

/** @param {Panel} panel */
const frameOf = (panel) => polygon([0, 1, 3, 2].map((i) => toScreen(panel, CORNERS[i])));

/** @type {(ctx: Pen, panel: Panel, alignCorners: boolean, colour: string) => void} */
function paintPixels(ctx, panel, alignCorners, colour) {
  const [left, top, w, hgt] = box(panel, alignCorners, 0, 0);
  if (Math.min(w, hgt) < SMALLEST) return;
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let c = 1; c < panel.columns; c++) {
    ctx.moveTo(left + c * w, top);
    ctx.lineTo(left + c * w, top + panel.rows * hgt);
  }
  for (let r = 1; r < panel.rows; r++) {
    ctx.moveTo(left, top + r * hgt);
    ctx.lineTo(left + panel.columns * w, top + r * hgt);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

// The pixel centres, as small rings.
/** @type {(ctx: Pen, panel: Panel, alignCorners: boolean, theme: Theme) => void} */
function paintCentres(ctx, panel, alignCorners, theme) {
  const [left, top, w, hgt] = box(panel, alignCorners, 0, 0);
  if (Math.min(w, hgt) < SMALLEST) return;
  const rings = new Path2D();
  for (let r = 0; r < panel.rows; r++) {
    for (let c = 0; c < panel.columns; c++) {
      const [x, y] = [left + (c + 0.5) * w, top + (r + 0.5) * hgt];
      rings.moveTo(x + 2, y);
      rings.arc(x, y, 2, 0, 7);
    }
  }
  haloStroke(ctx, rings, theme.ink, theme.halo, 1);
}

// The square from −1 to 1, dashed.
/** @type {(ctx: Pen, panel: Panel, theme: Theme) => void} */
function paintFrame(ctx, panel, theme) {
  ctx.setLineDash([5, 4]);
  haloStroke(ctx, frameOf(panel), theme.ink, theme.halo, 1.25);
  ctx.setLineDash([]);
}

// Both numbers on the axes of that square.
/** @type {(ctx: Pen, panel: Panel, theme: Theme) => void} */
function paintAxes(ctx, panel, theme) {
  const [[left, top], [right, bottom]] = [CORNERS[0], CORNERS[3]].map((corner) =>
    toScreen(panel, corner),
  );
  for (const value of [-1, 1]) {
    const [x, y] = toScreen(panel, [value, value]);
    writeText(ctx, fixed(value, 0), x, bottom + 22, theme.ink, theme);
    writeText(ctx, fixed(value, 0), left - 20, y, theme.ink, theme);
  }
  writeText(ctx, "x", (left + right) / 2, bottom + 22, theme.input, theme, { weight: 600 });
  writeText(ctx, "y", left - 20, (bottom + top) / 2, theme.input, theme, { weight: 600 });
}

// One step right and one step down of the output, as the input sees them, and their angle.
function paintSteps(ctx, panel, { forms, alignCorners, angle }, { input, output }, theme) {
  const [h, w] = output;
  const scale = Math.max(h, w) / 4; // long enough to be seen, whatever the size
  const [column, row] = [(w - 1) / 2, (h - 1) / 2];
  const at = (/** @type {Point} */ place) => {
    const [x, y] = mapPoint(forms.skimage, place);
    return toScreen(panel, [
      normalisedFromPixel(x, input[1], alignCorners),
      normalisedFromPixel(y, input[0], alignCorners),
    ]);
  };
  const start = at([column, row]);
  const [right, down] = [at([column + scale, row]), at([column, row + scale])];
  for (const end of [right, down]) arrow(ctx, start, end, theme.ink, theme.halo, 0);
  const half = [(right[0] + down[0]) / 2 - start[0], (right[1] + down[1]) / 2 - start[1]];
  const length = Math.hypot(...half) || 1;
  const [x, y] = [start[0] + (half[0] / length) * 30, start[1] + (half[1] / length) * 26];
  writeText(ctx, `${fixed(angle, 0)}°`, x, y, theme.ink, theme, { size: 13, weight: 700 });
}

// The grid as the map moves it, over the input.
function paintMoved(ctx, panel, side, state, theme) {
  const { theta } = side.forms;
  if (Math.max(...state.output) <= MOST) {
    const grid = affineGrid(theta, state.output, side.alignCorners);
    paintGrid(ctx, panel, { grid, theta, size: state.output }, theme.input, theme.halo);
  } else haloStroke(ctx, movedSquare(panel, theta), theme.input, theme.halo, 2);
  paintSteps(ctx, panel, side, state, theme);
}

// The output with its marked pixel, and the arrow from there to the input.
function paintOutput(ctx, { from, to }, { alignCorners, output, way, canvas }, { pixel }, theme) {
  pixels(output.data, ...output.size, canvas);
  paintPicture(ctx, to, canvas, alignCorners, theme.output);
  paintPixels(ctx, to, alignCorners, theme.halo);
  paintFrame(ctx, to, theme);
  const [row, column] = pixel;
  const [left, top, width, height] = box(to, alignCorners, row, column);
  const mark = new Path2D();
  mark.rect(left, top, width, height);
  haloStroke(ctx, mark, theme.output, theme.halo, 2);
  arrow(ctx, middleOf(to, pixel, alignCorners), toScreen(from, way.source), theme.ink, theme.halo);
}

export function paint(ctx, places, state, side, theme) {
  const { from, room, height } = places;
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, room + 4, height);
  ctx.clip();
  paintPicture(ctx, from, state.image.canvas, side.alignCorners, theme.input);
  paintPixels(ctx, from, side.alignCorners, theme.halo);
  paintCentres(ctx, from, side.alignCorners, theme);
  paintFrame(ctx, from, theme);
  paintAxes(ctx, from, theme);
  if (side.way) paintMoved(ctx, from, side, state, theme);
  ctx.restore();
  if (side.way) paintOutput(ctx, places, side, state, theme);
}
