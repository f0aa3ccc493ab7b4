// The picture part of the landscape: the map of the loss with the walk on it, and the grid.
import { affineGrid, sample } from "../shared/warp.js";
import { fixed, haloStroke, pixels, writeText } from "../shared/view.js";
import { box, paintGrid, paintPicture, panelAt } from "../shared/picture.js";
import { onMap } from "./walk.js";

export const TURN = 120; // the map goes so many degrees and pixels to both sides
export const MOVE = 12;
const [GUTTER, HEAD] = [44, 22];
const ROOM = 1.5; // how far the panel of the grid reaches, the picture's sides being 1

export function layoutLand(width, side) {
  const wide = width >= 560;
  const map = Math.min(wide ? 0.56 * width - GUTTER : width - GUTTER - 6, 420);
  const bottom = HEAD + map + 38;
  const square = (left, top, size) =>
    panelAt([left + size / 2, top + size / 2], size / 2, [side, side], false);
  const right = GUTTER + map + 26;
  const region = wide ? width - right : 0.5 * width;
  const [left, top] = wide ? [right, HEAD] : [0, bottom + HEAD];
  const small = (wide ? region - 16 : width - region - 28) / 2;
  const [first, row] = wide ? [left + 1, top + region + HEAD + 4] : [region + 12, top + (region - small) / 2];
  return {
    width, height: Math.max(bottom, wide ? row + small + 6 : top + region + 6),
    map: { left: GUTTER, top: HEAD, side: map },
    region: [left, top, region],
    input: panelAt([left + region / 2, top + region / 2], region / 2 / ROOM, [side, side], false),
    read: square(first, row, small), target: square(first + small + 14, row, small),
  };
}

export const toMap = ({ left, top, side }, [degrees, shift]) =>
  [left + ((shift + MOVE) / (2 * MOVE)) * side, top + ((degrees + TURN) / (2 * TURN)) * side];
export const fromMap = ({ left, top, side }, [u, v]) =>
  [((v - top) / side) * 2 * TURN - TURN, ((u - left) / side) * 2 * MOVE - MOVE];

function paintAxes(ctx, { left, top, side }, theme) {
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
  for (const degrees of [-120, -60, 0, 60, 120]) {
    const [, y] = toMap({ left, top, side }, [degrees, 0]);
    writeText(ctx, `${fixed(degrees, 0)}°`, left - 6, y, theme.muted, theme, { align: "right" });
  }
  for (const shift of [-12, -6, 0, 6, 12]) {
    const [x] = toMap({ left, top, side }, [0, shift]);
    writeText(ctx, fixed(shift, 0), x, top + side + 12, theme.muted, theme);
  }
  writeText(ctx, "shift in pixels, along a slanted line", left + side / 2, top + side + 28, theme.muted, theme);
  writeText(ctx, "loss over angle and shift: dark is small", left, top - 12, theme.ink, theme, { align: "left", weight: 600 });
}

function paintWalk(ctx, map, state, path, basin, theme) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(map.left, map.top, map.side, map.side);
  ctx.clip();
  for (const { start, found } of basin.dots) {
    ctx.beginPath();
    ctx.arc(...toMap(map, start), 3.2, 0, 7);
    ctx.fillStyle = found ? "#fff" : "transparent";
    ctx.strokeStyle = found ? "#333" : "rgba(255, 255, 255, 0.85)";
    ctx.lineWidth = 1;
    ctx.fill();
    ctx.stroke();
  }
  const home = new Path2D();
  const [hx, hy] = toMap(map, [0, 0]);
  for (const [dx, dy] of [[7, 0], [0, 7]]) {
    home.moveTo(hx - dx, hy - dy);
    home.lineTo(hx + dx, hy + dy);
  }
  haloStroke(ctx, home, "#fff", "#333", 2);
  const line = new Path2D();
  const dots = new Path2D();
  let near = state.start[0];
  let spot = toMap(map, state.start);
  path.slice(0, state.step + 1).forEach(({ theta }, i) => {
    const place = onMap(theta, state.side, near);
    near = place[0];
    spot = toMap(map, place);
    line[i ? "lineTo" : "moveTo"](...spot);
    if (i % 10 === 0) {
      dots.moveTo(spot[0] + 2.2, spot[1]);
      dots.arc(...spot, 2.2, 0, 7);
    }
  });
  haloStroke(ctx, line, theme.output, "#fff", 2);
  ctx.fillStyle = theme.output;
  ctx.fill(dots);
  const now = new Path2D();
  now.arc(...spot, 5.5, 0, 7);
  haloStroke(ctx, now, "#fff", "#333", 1.5);
  ctx.fill(now);
  ctx.restore();
}

function paintPictures(ctx, places, state, theta, made, theme) {
  const size = [state.side, state.side];
  const grid = affineGrid(theta, size, false);
  const options = { mode: "bilinear", padding: "zeros", alignCorners: false };
  const output = pixels(sample(made.known, grid, options), ...size, made.scratch);
  const [left, top, region] = places.region;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, region, region);
  ctx.clip();
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.muted;
  ctx.fillRect(left, top, region, region);
  ctx.globalAlpha = 1;
  paintPicture(ctx, places.input, made.picture, false, theme.input);
  paintGrid(ctx, places.input, { grid, theta, size }, theme.input, theme.halo);
  ctx.restore();
  const title = (text, x, y, colour) => writeText(ctx, text, x, y, colour, theme, { align: "left", weight: 600 });
  title("input and grid", left, top - 12, theme.input);
  for (const [panel, canvas, text, colour] of [
    [places.read, output, "what it reads", theme.output], [places.target, made.picture, "target", theme.ink],
  ]) {
    paintPicture(ctx, panel, canvas, false, colour);
    const [x, y] = box(panel, false);
    title(text, x, y - 12, colour);
  }
}

export function paintLand(ctx, places, state, made, theme) {
  const { map } = places;
  ctx.clearRect(0, 0, places.width, places.height);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(made.map, map.left, map.top, map.side, map.side);
  paintAxes(ctx, map, theme);
  paintWalk(ctx, map, state, made.path, made.basin, theme);
  paintPictures(ctx, places, state, made.path[state.step].theta, made, theme);
}
