// The ground of the pixel lab, which the point does not change: pixels, numbers, dead zones, marks.
import { clamp } from "../shared/numbers.js";
import { haloStroke, polygon, writeText } from "../shared/pen.js";
import { fitCanvas } from "../shared/stage.js";
import { rectangle, square, toStage } from "./layout.js";
import { deadZones, sourceOf, valueAt } from "./state.js";
import { short } from "./words.js";

function paintPixels(ctx, places, state, theme) {
  const ring = [-2, -1];
  const around = (n) => [...ring, ...Array(n).keys(), n, n + 1];
  for (const row of around(state.image.height)) {
    for (const column of around(state.image.width)) {
      const source = sourceOf(state, row, column);
      const value = valueAt(state, source);
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

// Ink and halo that can be read on a pixel of this value.
const inkOn = (value) =>
  value > 0.55 ? ["#000", "rgba(255, 255, 255, 0.7)"] : ["#fff", "rgba(0, 0, 0, 0.6)"];

function paintNumbers(ctx, places, state, theme) {
  const size = clamp(0.32 * places.cell, 9, 14);
  for (let row = -1; row <= state.image.height; row++) {
    for (let column = -1; column <= state.image.width; column++) {
      const source = sourceOf(state, row, column);
      const value = valueAt(state, source);
      const inside = source && source[0] === row && source[1] === column;
      const [x, y] = toStage(places, [column, row + 0.24]); // below the centre, where points stand
      const [ink, halo] = inside ? inkOn(value) : [theme.muted, theme.halo];
      const style = { size, weight: inside ? 600 : 400 };
      writeText(ctx, short(value), x, y, ink, { ...theme, halo }, style);
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

// The marked points, and the chosen pixel.
function paintMarks(ctx, places, state, theme) {
  const r = Math.max(6, 0.36 * places.cell);
  for (const stop of state.withSlopes ? state.stops : []) {
    const [x, y] = toStage(places, stop);
    const diamond = polygon([
      [x, y - r],
      [x + r, y],
      [x, y + r],
      [x - r, y],
    ]);
    haloStroke(ctx, diamond, theme.ink, theme.halo, 1);
  }
  if (state.pixel) {
    const path = rectangle(places, square(state.pixel[1], state.pixel[0]));
    haloStroke(ctx, path, theme.input, theme.halo, 3);
  }
}

function paintGround(ctx, places, state, theme) {
  const { left, top, right, bottom, width, height } = places;
  ctx.clearRect(0, 0, width, height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  paintPixels(ctx, places, state, theme);
  if (state.withSlopes) paintDeadZones(ctx, places, state, theme);
  paintMarks(ctx, places, state, theme);
  paintNumbers(ctx, places, state, theme);
  ctx.restore();
  writeText(ctx, `outside: ${state.padding}`, left, 9, theme.muted, theme, { align: "left" });
}

// Bring a canvas that keeps the ground up to date; `size` is that of the stage's own canvas.
export function keepGround(ground, places, state, theme, size) {
  const { image, padding, mode, pixel, stops } = state;
  const shows = [image.data.join(), padding, mode, pixel, stops, places.width, size].join(" ");
  if (ground.shows === shows && ground.theme === theme) return;
  Object.assign(ground, { shows, theme });
  paintGround(fitCanvas(ground, places.width, places.height), places, state, theme);
}
