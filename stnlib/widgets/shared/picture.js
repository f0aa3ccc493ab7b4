// A picture on a canvas, in normalised coordinates: where it lies, its pixels, the grid over it.
// A panel is {cx, cy, ux, uy, rows, columns}: the place of (0, 0), and pixels of the screen a unit.

import { haloStroke, pixels, polygon } from "./pen.js";
import { mapPoint, normalisedFromPixel } from "./warp.js";

/** @type {Point[]} */
export const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];

// Half the width of n pixels in normalised coordinates: more than 1 under align_corners.
const edge = (n, alignCorners) =>
  n === 1 && alignCorners ? 1 : normalisedFromPixel(n - 0.5, n, alignCorners);

// A panel round a point, its longer side 2 · unit on screen. Its size does not depend on
// align_corners: what moves is where -1 and 1 lie.
/** @type {(middle: Point, unit: number, size: Size, alignCorners: boolean) => Panel} */
export function panelAt([cx, cy], unit, [rows, columns], alignCorners) {
  const share = (n) => n / Math.max(rows, columns) / edge(n, alignCorners);
  return { cx, cy, ux: unit * share(columns), uy: unit * share(rows), rows, columns };
}

/** @type {(panel: Panel, point: Point) => Point} */
export const toScreen = (panel, [x, y]) => [panel.cx + x * panel.ux, panel.cy + y * panel.uy];
/** @type {(panel: Panel, point: Point) => Point} */
export const fromScreen = (panel, [x, y]) => [(x - panel.cx) / panel.ux, (y - panel.cy) / panel.uy];

// The box of one pixel, or of the whole picture when no pixel is named, on screen.
/** @type {(panel: Panel, alignCorners: boolean, row?: number, column?: number) => Box} */
export function box(panel, alignCorners, row = null, column = null) {
  const [x, y] = [edge(panel.columns, alignCorners), edge(panel.rows, alignCorners)];
  const [w, hgt] = [(2 * x * panel.ux) / panel.columns, (2 * y * panel.uy) / panel.rows];
  const [left, top] = toScreen(panel, [-x, -y]);
  return row === null
    ? [left, top, w * panel.columns, hgt * panel.rows]
    : [left + column * w, top + row * hgt, w, hgt];
}

/** @type {(ctx: Pen, panel: Panel, canvas: CanvasImageSource, alignCorners: boolean, colour: string) => void} */
export function paintPicture(ctx, panel, canvas, alignCorners, colour) {
  const [left, top, w, hgt] = box(panel, alignCorners);
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(canvas, left, top, w, hgt);
  ctx.lineWidth = 2;
  ctx.strokeStyle = colour;
  ctx.strokeRect(left - 1, top - 1, w + 2, hgt + 2);
}

// The room round a picture: grey, and nothing that is painted there reaches out of it.
/** @type {(ctx: Pen, room: Box, theme: Theme, paint: () => void) => void} */
export function paintRoom(ctx, [left, top, width, height], theme, paint) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.muted;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 1;
  paint();
  ctx.restore();
}

// The square from -1 to 1, moved through theta.
/** @type {(panel: Panel, theta: Theta) => Path2D} */
export const movedSquare = (panel, theta) =>
  polygon([0, 1, 3, 2].map((i) => toScreen(panel, mapPoint(theta, CORNERS[i]))));

// Dots of a moved grid, at least so many pixels of the screen apart, and the moved square, or
// another outline.
export function paintGrid(
  ctx,
  panel,
  { grid, theta, size: [rows, columns], outline = movedSquare(panel, theta) },
  colour,
  halo,
  least = 5,
) {
  const every = (n, length) => Math.max(1, Math.ceil((least * n) / Math.max(length, 1)));
  const [p, q, r] = CORNERS.map((c) => toScreen(panel, mapPoint(theta, c)));
  const skipX = every(columns, Math.hypot(q[0] - p[0], q[1] - p[1]));
  const skipY = every(rows, Math.hypot(r[0] - p[0], r[1] - p[1]));
  const most = Math.max(rows, columns);
  const radius = most > 16 ? 1.25 : most > 8 ? 2.2 : 3;
  const dots = new Path2D();
  for (let row = skipY >> 1; row < rows; row += skipY) {
    for (let column = skipX >> 1; column < columns; column += skipX) {
      const k = 2 * (row * columns + column);
      const [x, y] = toScreen(panel, [grid[k], grid[k + 1]]);
      dots.moveTo(x + radius, y);
      dots.arc(x, y, radius, 0, 7);
    }
  }
  ctx.fillStyle = colour;
  ctx.fill(dots);
  haloStroke(ctx, outline, colour, halo, 2);
}

// Pictures as a trait holds them, (H, W), (N, H, W) or (N, C, H, W) bytes: numbers 0 ... 1, with a
// canvas for each channel.
function decode({ data, shape }) {
  const [height, width] = shape.slice(-2);
  const bytes = new Uint8Array(
    data.buffer ?? data,
    data.byteOffset ?? 0,
    shape.reduce((a, b) => a * b),
  );
  const count = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) => {
    const one = bytes.subarray(i * height * width, (i + 1) * height * width);
    const values = Float32Array.from(one, (byte) => byte / 255);
    return { data: values, height, width, canvas: pixels(values, height, width) };
  });
}

/** @type {(model: any, name?: string) => Picture[]} */
export const readPictures = (model, name = "images") => decode(model.get(name));

// Make a reader of a picture trait that decodes it only when it has changed.
/** @returns {(model: any) => Picture} */
export function pictureReader(name = "image") {
  let [trait, picture] = [null, null];
  return (model) => {
    if (trait !== model.get(name)) [trait, [picture]] = [model.get(name), decode(model.get(name))];
    return picture;
  };
}
