// The picture part of the pose probe: the map of the loss, the grid, what it reads, ten bars.
import { fixed, haloStroke, pixels, writeText } from "../shared/view.js";
import { box, paintGrid, paintPicture, panelAt, toScreen } from "../shared/picture.js";
import { MOVE, TURN } from "./state.js";

const [GUTTER, HEAD, BARS] = [40, 22, 96];
const ROOM = 1.2; // how far the panel of the grid reaches, the picture's sides being 1
export const COLOURS = { most: 6, every: 1 }; // of the map, in nats

export function layoutProbe(width, [height, across], size) {
  const wide = width >= 560;
  const map = Math.min(wide ? 0.5 * width - GUTTER : width - GUTTER - 6, 380);
  const bottom = HEAD + map + 38;
  const [left, top] = wide ? [GUTTER + map + 24, HEAD] : [0, bottom + HEAD];
  const room = width - left - (wide ? 2 : 0);
  const region = 0.6 * (room - 14);
  const small = room - 16 - region;
  const centred = (x, y, side, [rows, columns], reach = 1) =>
    panelAt([x + side / 2, y + side / 2], side / 2 / reach, [rows, columns], false);
  const bars = { left, top: top + region + 2 * HEAD - 8, width: room, height: BARS };
  return {
    width, height: Math.max(wide ? bottom : 0, bars.top + BARS + 20),
    map: { left: GUTTER, top: HEAD, side: map },
    region: [left, top, region],
    input: centred(left, top, region, [height, across], ROOM),
    output: centred(left + region + 15, top + 1, small, size), bars,
  };
}

export const toMap = ({ left, top, side }, [degrees, shift]) =>
  [left + ((shift + MOVE) / (2 * MOVE)) * side, top + ((degrees + TURN) / (2 * TURN)) * side];
export const fromMap = ({ left, top, side }, [u, v]) =>
  [((v - top) / side) * 2 * TURN - TURN, ((u - left) / side) * 2 * MOVE - MOVE];

const title = (ctx, text, x, y, colour, theme) =>
  writeText(ctx, text, x, y, colour, theme, { align: "left", weight: 600 });

function paintMap(ctx, { map }, canvas, chosen, theme) {
  const { left, top, side } = map;
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(canvas, left, top, side, side);
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
  for (const degrees of [-90, -45, 0, 45, 90]) {
    const [, y] = toMap(map, [degrees, 0]);
    writeText(ctx, `${fixed(degrees, 0)}°`, left - 6, y, theme.muted, theme, { align: "right" });
  }
  for (const shift of [-10, -5, 0, 5, 10]) {
    writeText(ctx, fixed(shift, 0), toMap(map, [0, shift])[0], top + side + 12, theme.muted, theme);
  }
  writeText(ctx, "shift to the right, in pixels", left + side / 2, top + side + 28, theme.muted, theme);
  title(ctx, "loss over angle and shift: dark is small", left, top - 12, theme.ink, theme);
  const cross = new Path2D();
  const [x, y] = toMap(map, [0, 0]);
  for (const [dx, dy] of [[7, 0], [0, 7]]) {
    cross.moveTo(x - dx, y - dy);
    cross.lineTo(x + dx, y + dy);
  }
  haloStroke(ctx, cross, "#fff", "#333", 2);
  if (!chosen || Math.abs(chosen[0]) > TURN || Math.abs(chosen[1]) > MOVE) return;
  const ring = new Path2D();
  ring.arc(...toMap(map, chosen), 6, 0, 7);
  haloStroke(ctx, ring, theme.output, "#fff", 2.5);
}

function paintPictures(ctx, places, { image, aligned, size }, seen, scratch, theme) {
  const [left, top, region] = places.region;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, region, region);
  ctx.clip();
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.muted;
  ctx.fillRect(left, top, region, region);
  ctx.globalAlpha = 1;
  paintPicture(ctx, places.input, image.canvas, false, theme.input);
  const line = new Path2D(); // along which the grid slides
  line.moveTo(...toScreen(places.input, [-ROOM, aligned[5]]));
  line.lineTo(...toScreen(places.input, [ROOM, aligned[5]]));
  ctx.setLineDash([3, 5]);
  ctx.strokeStyle = theme.input;
  ctx.stroke(line);
  ctx.setLineDash([]);
  paintGrid(ctx, places.input, { grid: seen.grid, theta: seen.theta, size }, theme.input, theme.halo);
  ctx.restore();
  title(ctx, "input and grid", left, top - 12, theme.input, theme);
  const { data, height, width } = seen.output;
  paintPicture(ctx, places.output, pixels(data, height, width, scratch), false, theme.output);
  title(ctx, "what it reads", box(places.output, false)[0], top - 12, theme.output, theme);
}

function paintBars(ctx, { bars }, { label }, { chances }, theme) {
  const { left, top, width, height } = bars;
  const cell = width / chances.length;
  title(ctx, "what the classifier says", left, top - 10, theme.ink, theme);
  const most = Math.max(...chances);
  chances.forEach((chance, digit) => {
    const [x, tall] = [left + digit * cell, (height - 16) * chance];
    ctx.fillStyle = digit === label ? theme.output : theme.muted;
    ctx.fillRect(x + 0.18 * cell, top + height - tall, 0.64 * cell, Math.max(tall, 1));
    const weight = digit === label ? 700 : 400;
    writeText(ctx, `${digit}`, x + cell / 2, top + height + 11, theme.ink, theme, { weight });
    if (chance === most) {
      writeText(ctx, fixed(chance), x + cell / 2, top + height - tall - 8, theme.ink, theme);
    }
  });
}

export function paintProbe(ctx, places, state, seen, made, theme) {
  ctx.clearRect(0, 0, places.width, places.height);
  paintMap(ctx, places, made.map, state.chosen, theme);
  paintPictures(ctx, places, state, seen, made.scratch, theme);
  paintBars(ctx, places, state, seen, theme);
}
