// The curves of the pixel lab: V along both lines through the point, with its slopes at the point.
import { fixed } from "../shared/numbers.js";
import { arrow, haloStroke, polygon, writeText } from "../shared/pen.js";
import { REACH } from "./state.js";

const [LOW, HIGH] = [-0.12, 1.12]; // the values that a curve has room for

// A frame for one curve. `spot(place, value)` says where it lies; along x it is drawn below the
// picture, along y beside it and turned.
/** @returns {{spot: (place: number, value: number) => Point, box: [number, number, number, number]}} */
function frameOf(places, alongX) {
  const { left, top, right, bottom, below, beside, side } = places;
  const along = (place) => (alongX ? left : top) + (place + REACH) * places.cell;
  const across = (value) => ((value - LOW) / (HIGH - LOW)) * (alongX ? side * 0.8 : side);
  return {
    spot: (place, value) =>
      alongX
        ? [along(place), below + side * 0.8 - across(value)]
        : [beside + across(value), along(place)],
    box: alongX ? [left, below, right - left, side * 0.8] : [beside, top, side, bottom - top],
  };
}

// At a kink: all lines between the two slopes. Elsewhere: the tangent, one pixel to each side.
function paintSlope(ctx, { spot, box }, place, value, { left, right, taken, kink }, theme) {
  /** @type {(slope: number, from: number, to: number) => Point[]} */
  const line = (slope, from, to) => [
    spot(place + from, value + from * slope),
    spot(place + to, value + to * slope),
  ];
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

// What a curve shows, and where its values 0 and 1 lie.
function paintNames(ctx, { spot, box: [left, top, width, height] }, alongX, other, theme) {
  const name = `V, ${alongX ? "row" : "column"} ${fixed(other)}`;
  const [x, y] = alongX ? [left, top + height + 10] : [left + width, top + height + 11];
  writeText(ctx, name, x, y, theme.muted, theme, { align: alongX ? "left" : "right" });
  for (const value of [0, 1]) {
    const [u, v] = spot(-REACH, value);
    writeText(ctx, String(value), alongX ? u - 9 : u, alongX ? v : v - 9, theme.muted, theme);
  }
}

/** @type {(ctx: Pen, places: any, state: any, made: any, alongX: boolean, theme: Theme) => void} */
export function paintCurve(ctx, places, state, made, alongX, theme) {
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
  if (state.withSlopes)
    paintSlope(ctx, frame, place, made.value, made.slopes[alongX ? 0 : 1], theme);
  const { places: xs, values } = made.lines[alongX ? 0 : 1];
  const path = new Path2D();
  for (const [i, x] of xs.entries()) path[i ? "lineTo" : "moveTo"](...spot(x, values[i]));
  haloStroke(ctx, path, theme.output, theme.halo, 2);
  ctx.fillStyle = theme.output;
  ctx.beginPath();
  ctx.arc(...spot(place, made.value), 4.5, 0, 7);
  ctx.fill();
  ctx.strokeStyle = theme.halo;
  ctx.stroke();
  paintNames(ctx, frame, alongX, other, theme);
}

// The plane of slopes: the gradient as an arrow, and all choices at a kink as a bar or a box.
/** @type {(ctx: Pen, places: any, slopes: any[], theme: Theme) => void} */
export function paintDial(ctx, { beside, below, side }, [alongX, alongY], theme) {
  const radius = side * 0.4;
  const [cx, cy] = [beside + side / 2, below + radius];
  const reach = Math.max(
    1,
    ...[alongX, alongY].flatMap((s) => [s.left, s.right, s.taken].map(Math.abs)),
  );
  /** @type {(dx: number, dy: number) => Point} */
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
