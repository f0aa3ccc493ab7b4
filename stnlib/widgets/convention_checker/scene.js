// One side of the convention checker: the input with pixels, frame and moved grid, and the output.
import { affineGrid, mapPoint, normalisedFromPixel } from "../shared/warp.js";
import { arrow, fixed, haloStroke, pixels, polygon, writeText } from "../shared/view.js";
import {
  box, CORNERS, movedSquare, paintGrid, paintPicture, panelAt, toScreen,
} from "../shared/picture.js";

const [SMALLEST, MOST] = [7, 64]; // pixels smaller than this, or more of them, are not drawn singly

// The input with room for the moved grid, and the output beside it, smaller.
export function layoutSide(width, { input, output }, alignCorners) {
  const room = 0.66 * width;
  const reach = room / 2 / 1.34;
  const tall = (size) => size[0] / Math.max(...size);
  const height = 2 * reach * Math.max(tall(input) + 0.5, 0.9) + 8;
  const middle = height / 2 - 4;
  const small = (width - room - 14) / 2;
  return {
    width, height, room,
    from: panelAt([room / 2 + 6, middle], reach, input, alignCorners),
    to: panelAt([width - small - 3, middle], small, output, alignCorners),
  };
}

const frameOf = (panel) => polygon([0, 1, 3, 2].map((i) => toScreen(panel, CORNERS[i])));

function paintPixels(ctx, panel, alignCorners, colour) {
  const [left, top, w, hgt] = box(panel, alignCorners, 0, 0);
  if (Math.min(w, hgt) < SMALLEST) return;
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let c = 1; c < panel.columns; c++) { ctx.moveTo(left + c * w, top); ctx.lineTo(left + c * w, top + panel.rows * hgt); }
  for (let r = 1; r < panel.rows; r++) { ctx.moveTo(left, top + r * hgt); ctx.lineTo(left + panel.columns * w, top + r * hgt); }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

// The pixel centres, as small rings.
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

// The square from -1 to 1, dashed, with both numbers on its axes.
function paintFrame(ctx, panel, theme, numbers) {
  ctx.setLineDash([5, 4]);
  haloStroke(ctx, frameOf(panel), theme.ink, theme.halo, 1.25);
  ctx.setLineDash([]);
  if (!numbers) return;
  const right = toScreen(panel, [1, 1]);
  for (const value of [-1, 1]) {
    const [x, y] = toScreen(panel, [value, value]);
    writeText(ctx, fixed(value, 0), x, right[1] + 22, theme.ink, theme);
    writeText(ctx, fixed(value, 0), toScreen(panel, [-1, -1])[0] - 20, y, theme.ink, theme);
  }
  const [x0, y0] = toScreen(panel, [-1, 1]);
  writeText(ctx, "x", (x0 + right[0]) / 2, right[1] + 22, theme.input, theme, { weight: 600 });
  writeText(ctx, "y", x0 - 20, (y0 + toScreen(panel, [-1, -1])[1]) / 2, theme.input, theme, { weight: 600 });
}

// One step right and one step down of the output, as the input sees them, and their angle.
function paintSteps(ctx, panel, { forms, alignCorners, angle }, { input, output }, theme) {
  const [h, w] = output;
  const scale = Math.max(h, w) / 4; // long enough to be seen, whatever the size
  const middle = [(w - 1) / 2, (h - 1) / 2];
  const at = ([column, row]) => {
    const [x, y] = mapPoint(forms.skimage, [column, row]);
    return toScreen(panel, [normalisedFromPixel(x, input[1], alignCorners),
      normalisedFromPixel(y, input[0], alignCorners)]);
  };
  const start = at(middle);
  const [right, down] = [at([middle[0] + scale, middle[1]]), at([middle[0], middle[1] + scale])];
  for (const end of [right, down]) arrow(ctx, start, end, theme.ink, theme.halo, 0);
  const half = [(right[0] + down[0]) / 2 - start[0], (right[1] + down[1]) / 2 - start[1]];
  const length = Math.hypot(...half) || 1;
  const far = [start[0] + (half[0] / length) * 30, start[1] + (half[1] / length) * 26];
  writeText(ctx, `${fixed(angle, 0)}°`, ...far, theme.ink, theme, { size: 13, weight: 700 });
}

// Paint one side; return where the marked output pixel and its place in the input are.
export function paintSide(ctx, places, side, state, canvases, theme) {
  const { from, to, room, height, width } = places;
  const { alignCorners, forms, way, output } = side;
  ctx.clearRect(0, 0, width, height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, room + 4, height);
  ctx.clip();
  paintPicture(ctx, from, state.image.canvas, alignCorners, theme.input);
  paintPixels(ctx, from, alignCorners, theme.halo);
  paintCentres(ctx, from, alignCorners, theme);
  paintFrame(ctx, from, theme, true);
  if (!way) { ctx.restore(); return null; }
  if (Math.max(...state.output) <= MOST) {
    const grid = affineGrid(forms.theta, state.output, alignCorners);
    const sent = { grid, theta: forms.theta, size: state.output };
    paintGrid(ctx, from, sent, theme.input, theme.halo);
  } else haloStroke(ctx, movedSquare(from, forms.theta), theme.input, theme.halo, 2);
  paintSteps(ctx, from, side, state, theme);
  ctx.restore();
  pixels(output.data, ...output.size, canvases[alignCorners ? 1 : 0]);
  paintPicture(ctx, to, canvases[alignCorners ? 1 : 0], alignCorners, theme.output);
  paintPixels(ctx, to, alignCorners, theme.halo);
  paintFrame(ctx, to, theme, false);
  const [row, column] = state.pixel;
  const [left, top, w, hgt] = box(to, alignCorners, row, column);
  const mark = new Path2D();
  mark.rect(left, top, w, hgt);
  haloStroke(ctx, mark, theme.output, theme.halo, 2);
  const start = [left + w / 2, top + hgt / 2];
  arrow(ctx, start, toScreen(from, way.source), theme.ink, theme.halo);
  return start;
}
