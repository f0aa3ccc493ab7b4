// The picture part of the grid explorer: where things lie on the stage, and how they are painted.
import { mapPoint, padCoordinate, roundEven } from "../shared/warp.js";
import {
  arrow, fixed, haloStroke, hatchPixels, pixels, polygon, writeText,
} from "../shared/view.js";
import { box, CORNERS, paintGrid, paintPicture, panelAt, toScreen } from "../shared/picture.js";

export const LETTERS = ["A", "B", "C", "D"];
const [WIDE, NARROW, TOP] = [1.45, 1.2, 26];

// Place both pictures side by side; the one under the moving grid gets room around it.
export function layout(width, { direction, image, size, alignCorners }) {
  const gather = direction === "gather";
  const unit = width / (2 * (WIDE + NARROW));
  const height = 2 * WIDE * unit + TOP;
  const panel = (left, reach, ...sides) => ({
    left, top: TOP + (WIDE - reach) * unit, side: 2 * reach * unit,
    ...panelAt([left + reach * unit, TOP + WIDE * unit], unit, sides, alignCorners),
  });
  const first = gather ? WIDE : NARROW;
  const input = panel(0, first, image.height, image.width);
  const output = panel(2 * first * unit, gather ? NARROW : WIDE, ...size);
  return { width, height, unit, input, output, ...(gather
    ? { still: output, moving: input } : { still: input, moving: output }) };
}

// Where the handles stand; kept inside the panel so that they can always be caught.
export function handlePlaces({ moving, unit }, theta) {
  const keep = (value, middle) =>
    Math.min(Math.max(value, middle - moving.side / 2 + 12), middle + moving.side / 2 - 12);
  const clamp = ([x, y]) => [keep(x, moving.cx), keep(y, moving.cy)];
  const at = (point) => toScreen(moving, mapPoint(theta, point));
  const [top, centre] = [at([0, -1]), at([0, 0])];
  const length = Math.hypot(top[0] - centre[0], top[1] - centre[1]);
  const stem = Math.min(30, 0.3 * unit + 8);
  const up = length > 1e-6 ? [(top[0] - centre[0]) / length, (top[1] - centre[1]) / length] : [0, -1];
  return {
    corners: CORNERS.map((corner) => clamp(at(corner))),
    move: clamp(centre),
    rotate: clamp([top[0] + stem * up[0], top[1] + stem * up[1]]),
    stem: clamp(top),
  };
}

// What reading would give around the picture: the padding, made visible.
export function surroundings(image, padding, alignCorners) {
  const longest = Math.max(image.height, image.width);
  const around = (n) => Math.ceil((WIDE * longest - n) / 2) + 1;
  const [rows, columns] = [around(image.height), around(image.width)];
  const [height, width] = [image.height + 2 * rows, image.width + 2 * columns];
  const data = new Float32Array(height * width);
  for (let r = 0; r < height; r++) {
    const row = roundEven(padCoordinate(r - rows, image.height, padding, alignCorners));
    for (let c = 0; c < width; c++) {
      const column = roundEven(padCoordinate(c - columns, image.width, padding, alignCorners));
      const inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
      data[r * width + c] = inside ? image.data[row * image.width + column] : 0;
    }
  }
  return { canvas: pixels(data, height, width), rows, columns };
}

function paintSurroundings(ctx, panel, around, alignCorners) {
  const [left, top, w, hgt] = box(panel, alignCorners, 0, 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(panel.left, panel.top, panel.side, panel.side);
  ctx.clip();
  ctx.globalAlpha = 0.26;
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(around.canvas, left - around.columns * w, top - around.rows * hgt,
    around.canvas.width * w, around.canvas.height * hgt);
  ctx.restore();
}

function paintHoles(ctx, panel, made, alignCorners, theme) {
  const style = { colour: theme.output, ground: theme.halo, gap: panel.side > 240 ? 6 : 4 };
  const place = box(panel, alignCorners);
  hatchPixels(ctx, made.holes, [panel.rows, panel.columns], place, style, made.scratch);
}

// Ticks and numbers where -1 and 1 lie, and the letters of the corners that match the handles.
function paintScale(ctx, panel, theme, alignCorners, letters) {
  const [left, top, w, hgt] = box(panel, alignCorners);
  for (const value of [-1, 1]) {
    const [x, y] = toScreen(panel, [value, value]);
    const nudge = letters && Math.abs(x - panel.cx) > w / 2 - 7 ? -7 * value : 0;
    ctx.fillStyle = theme.muted;
    ctx.fillRect(x - 0.5, top + hgt + 2, 1, 5);
    ctx.fillRect(left - 7, y - 0.5, 5, 1);
    writeText(ctx, fixed(value, 0), x + nudge, top + hgt + 14, theme.muted, theme);
    if (left - panel.left > 22) { // a phone has no room for it
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

// The moving grid; in splat mode with fewer dots, because the holes matter more.
function paintMoving(ctx, { moving }, { direction, size, image, theta }, grid, theme) {
  const gather = direction === "gather";
  const sent = { grid, theta, size: gather ? size : [image.height, image.width] };
  paintGrid(ctx, moving, sent, gather ? theme.input : theme.output, theme.halo, gather ? 5 : 8);
}

// The pointed pixel, the arrow to its point, and the pixels that take part there.
function paintReading(ctx, places, state, detail, theme) {
  const { still, moving } = places;
  const gather = state.direction === "gather";
  const [from, to] = gather ? [theme.output, theme.input] : [theme.input, theme.output];
  const [left, top, w, hgt] = box(still, state.alignCorners, ...state.pixel);
  for (const cell of detail.cells) {
    const path = new Path2D();
    path.rect(...box(moving, state.alignCorners, cell.row, cell.column));
    if (cell.weight > 0) haloStroke(ctx, path, to, theme.halo, 1.5);
  }
  const path = new Path2D();
  path.rect(left, top, w, hgt);
  haloStroke(ctx, path, from, theme.halo, 2);
  const end = toScreen(moving, detail.point);
  arrow(ctx, [left + w / 2, top + hgt / 2], end, theme.ink, theme.halo);
}

// The ground of the panel under the moving grid: what reading gives there, or a plain tint.
function paintGround(ctx, places, made, { direction, alignCorners, padding }, theme) {
  if (direction === "gather") {
    paintSurroundings(ctx, places.input, made.around, alignCorners);
    const { cx, top: y, side } = places.input;
    writeText(ctx, `outside: ${padding}`, cx, y + side - 14, theme.muted, theme);
    return;
  }
  const { left, top, side } = places.output;
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, side, side);
  ctx.globalAlpha = 1;
}

export function paint(ctx, places, state, made, theme) {
  const { alignCorners, direction } = state;
  const { left, top, side } = places.moving;
  const spots = handlePlaces(places, state.theta);
  ctx.clearRect(0, 0, places.width, places.height);
  paintGround(ctx, places, made, state, theme);
  paintPicture(ctx, places.input, made.inputCanvas, alignCorners, theme.input);
  paintPicture(ctx, places.output, made.outputCanvas, alignCorners, theme.output);
  if (direction === "splat") paintHoles(ctx, places.output, made, alignCorners, theme);
  paintScale(ctx, places.still, theme, alignCorners, true);
  paintScale(ctx, places.moving, theme, alignCorners, false);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, side, side);
  ctx.clip();
  paintMoving(ctx, places, state, made.grid, theme);
  const stem = polygon([spots.stem, spots.rotate]);
  haloStroke(ctx, stem, direction === "gather" ? theme.input : theme.output, theme.halo, 1.5);
  ctx.restore();
  if (made.detail) paintReading(ctx, places, state, made.detail, theme);
  return spots;
}
