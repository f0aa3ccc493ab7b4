// The picture part of the pixel lab: the pixels, and V along both lines through the point, each
// beside the picture on the picture's own scale, so that a kink stands under its pixel.
import { arrow, fixed, haloStroke, polygon, writeText } from "./view.js";
import { deadZones, REACH, sourceOf, valueOf } from "./lab_state.js";
import { short } from "./lab_words.js";

const [GUTTER, GAP, HEAD] = [24, 16, 20];
const [LOW, HIGH] = [-0.12, 1.12]; // the values that a curve has room for

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

function paintPixels(ctx, places, state, made, theme) {
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

// Numbers last, so that they can be read over the square of the point.
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

// A frame for one curve. `spot(place, value)` says where it lies; along x it is drawn below the
// picture, along y beside it and turned.
function frameOf(places, alongX) {
  const { left, top, right, bottom, below, beside, side } = places;
  const along = (place) => (alongX ? left : top) + (place + REACH) * places.cell;
  const across = (value) => ((value - LOW) / (HIGH - LOW)) * (alongX ? side * 0.8 : side);
  return {
    spot: (place, value) => (alongX ? [along(place), below + side * 0.8 - across(value)]
      : [beside + across(value), along(place)]),
    box: alongX ? [left, below, right - left, side * 0.8] : [beside, top, side, bottom - top],
  };
}

// At a kink: all lines between the two slopes. Elsewhere: the tangent, one pixel to each side.
function paintSlope(ctx, { spot, box }, place, value, { left, right, taken, kink }, theme) {
  const line = (slope, from, to) =>
    [spot(place + from, value + from * slope), spot(place + to, value + to * slope)];
  ctx.save();
  ctx.beginPath();
  ctx.rect(...box);
  ctx.clip();
  if (kink) {
    const [low, high] = [line(left, -1, 1), line(right, -1, 1)];
    ctx.globalAlpha = 0.25;
    ctx.fillStyle = theme.ink;
    for (const end of [0, 1]) ctx.fill(polygon([spot(place, value), low[end], high[end]]));
    ctx.globalAlpha = 1;
  }
  haloStroke(ctx, polygon(line(taken, -1, 1)), theme.ink, theme.halo, 1.5);
  ctx.restore();
}

function paintCurve(ctx, places, state, made, alongX, theme, withSlopes) {
  const frame = frameOf(places, alongX);
  const { spot, box } = frame;
  const [place, other] = alongX ? state.point : [state.point[1], state.point[0]];
  const n = alongX ? state.image.width : state.image.height;
  ctx.fillStyle = theme.line;
  ctx.globalAlpha = 0.3;
  ctx.fillRect(...box);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 0.75;
  ctx.stroke(polygon([spot(-REACH, 0), spot(n - 1 + REACH, 0)]));
  if (withSlopes) paintSlope(ctx, frame, place, made.value, made.slopes[alongX ? 0 : 1], theme);
  const { places: xs, values } = made.lines[alongX ? 0 : 1];
  const path = new Path2D();
  xs.forEach((x, i) => path[i ? "lineTo" : "moveTo"](...spot(x, values[i])));
  haloStroke(ctx, path, theme.output, theme.halo, 2);
  ctx.fillStyle = theme.output;
  ctx.beginPath();
  ctx.arc(...spot(place, made.value), 4.5, 0, 7);
  ctx.fill();
  ctx.strokeStyle = theme.halo;
  ctx.stroke();
  const [u, v] = [box[0] + box[2], box[1] + box[3]];
  if (alongX) writeText(ctx, `V, row ${fixed(other)}`, box[0], v + 10, theme.muted, theme, { align: "left" });
  else writeText(ctx, `V, column ${fixed(other)}`, (box[0] + u) / 2, v + 11, theme.muted, theme);
  for (const value of [0, 1]) {
    const [a, b] = spot(-REACH, value);
    writeText(ctx, String(value), ...(alongX ? [a - 9, b] : [a, b - 9]), theme.muted, theme);
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

// The plane of slopes: the gradient as an arrow, and all choices at a kink as a bar or a box.
function paintDial(ctx, { beside, below, side }, [alongX, alongY], theme) {
  const radius = side * 0.4;
  const [cx, cy] = [beside + side / 2, below + radius];
  const reach = Math.max(1, ...[alongX, alongY].flatMap((s) => [s.left, s.right, s.taken].map(Math.abs)));
  const at = (dx, dy) => [cx + (dx / reach) * radius * 0.95, cy + (dy / reach) * radius * 0.95];
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  ctx.stroke(polygon([at(-1, 0), at(1, 0)]));
  ctx.stroke(polygon([at(0, -1), at(0, 1)]));
  ctx.beginPath();
  ctx.arc(cx, cy, (radius * 0.95) / reach, 0, 7);
  ctx.stroke();
  if (alongX.kink || alongY.kink) {
    const [[x0, y0], [x1, y1]] = [at(alongX.left, alongY.left), at(alongX.right, alongY.right)];
    const box = new Path2D();
    box.rect(x0, y0, x1 - x0, y1 - y0);
    ctx.globalAlpha = 0.25;
    ctx.fillStyle = theme.ink;
    ctx.fill(box);
    ctx.globalAlpha = 1;
    haloStroke(ctx, box, theme.ink, theme.halo, 1);
  }
  arrow(ctx, [cx, cy], at(alongX.taken, alongY.taken), theme.ink, theme.halo, 0);
  writeText(ctx, "gradient", cx, below + side * 0.8 + 10, theme.muted, theme);
}

export function paintLab(ctx, places, state, made, theme, withSlopes) {
  ctx.clearRect(0, 0, places.width, places.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(places.left, places.top, places.right - places.left, places.bottom - places.top);
  ctx.clip();
  paintPixels(ctx, places, state, made, theme);
  if (withSlopes) paintDeadZones(ctx, places, state, theme);
  paintSquare(ctx, places, state, made.cells, theme);
  paintMarks(ctx, places, state, theme, withSlopes);
  paintNumbers(ctx, places, state, theme);
  const [x, y] = toStage(places, state.point);
  if (withSlopes) {
    const [dx, dy] = made.slopes.map(({ taken }) => 1.5 * taken * places.cell);
    arrow(ctx, [x, y], [x + dx, y + dy], theme.ink, theme.halo, 0);
  }
  ctx.restore();
  paintCurve(ctx, places, state, made, true, theme, withSlopes);
  paintCurve(ctx, places, state, made, false, theme, withSlopes);
  paintScale(ctx, places, state, theme);
  writeText(ctx, `outside: ${state.padding}`, places.left, 9, theme.muted, theme, { align: "left" });
  if (withSlopes) paintDial(ctx, places, made.slopes, theme);
}
