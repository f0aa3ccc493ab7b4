// How the drawing figure is painted: the drawing with the grid, what is read, the answers.
import { paintBars } from "../shared/bars.js";
import { fixed } from "../shared/numbers.js";
import { pixels, writeText, writeTitle } from "../shared/pen.js";
import { paintGrid, paintPicture } from "../shared/picture.js";
import { SIDE } from "./raster.js";
import { ANGLES, TRAINED } from "./state.js";
import { TITLES } from "./words.js";

const EVERY = 3; // of the angles, one answer is written
const DASH = { own: [], plain: [5, 4] };

export function paintStage(ctx, { from, to, own, plain, heads }, state, made, theme) {
  const { canvases } = made;
  const drawn = pixels(made.picture.data, SIDE, SIDE, canvases.drawn);
  paintPicture(ctx, from, drawn, false, theme.input);
  writeTitle(ctx, TITLES.drawing, heads.drawing[0], heads.drawing[1], theme.input, theme);
  writeTitle(ctx, TITLES.read, heads.read[0], heads.read[1], theme.output, theme);
  if (!state.blank) paintGrid(ctx, from, made.own, theme.input, theme.halo);
  const [rows, columns] = made.own.size;
  const read = pixels(made.own.output.data, rows, columns, canvases.read);
  paintPicture(ctx, to, read, false, theme.output);
  const none = new Array(10).fill(0);
  const [says, plainSays] = state.blank ? [-1, -1] : [made.says, made.plainSays];
  const chances = state.blank ? [none, none] : [made.own.chances, made.plain];
  paintBars(ctx, own, TITLES.own, chances[0], says, theme.output, theme);
  paintBars(ctx, plain, TITLES.plain, chances[1], plainSays, theme.ink, theme);
}

const xOf = ({ left, width }, angle) => left + (width * (angle + 180)) / 360;

function paintCurve(ctx, frame, values, dash, colour) {
  const path = new Path2D();
  values.forEach((value, i) => {
    const point = /** @type {[number, number]} */ ([
      xOf(frame, ANGLES[i]),
      frame.top + frame.height * (1 - value),
    ]);
    if (i) path.lineTo(...point);
    else path.moveTo(...point);
  });
  ctx.setLineDash(dash);
  ctx.lineWidth = 2;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  ctx.stroke(path);
  ctx.setLineDash([]);
}

export function paintAround(ctx, { frame, rows }, { angle }, { turned, says }, theme) {
  const { left, top, width, height } = frame;
  writeTitle(ctx, TITLES.around(says), 0, top - 12, theme.ink, theme);
  ctx.fillStyle = theme.muted;
  const [low, high] = [-TRAINED, TRAINED].map((end) => xOf(frame, end - angle));
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.globalAlpha = 0.25;
  for (const turn of [-360, 0, 360])
    ctx.fillRect(low + (turn / 360) * width, top, high - low, height);
  ctx.restore();
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, top, 1, height);
  ctx.fillRect(left, top + height, width, 1);
  writeText(ctx, "1", left - 8, top + 4, theme.muted, theme, { align: "right" });
  writeText(ctx, "0", left - 8, top + height - 4, theme.muted, theme, { align: "right" });
  for (const tick of [-180, -90, 0, 90, 180]) {
    const align = tick === -180 ? "left" : tick === 180 ? "right" : "center";
    writeText(ctx, `${fixed(tick, 0)}°`, xOf(frame, tick), top + height + 12, theme.muted, theme, {
      align,
    });
  }
  if (!turned) return;
  paintCurve(
    ctx,
    frame,
    turned.map(({ chances }) => chances[says]),
    DASH.own,
    theme.output,
  );
  paintCurve(
    ctx,
    frame,
    turned.map(({ plain }) => plain[says]),
    DASH.plain,
    theme.ink,
  );
  [
    ["says", theme.output],
    ["plainSays", theme.ink],
  ].forEach(([name, colour], row) => {
    turned.forEach((one, i) => {
      if (i % EVERY) return;
      const weight = one[name] === says ? 700 : 400;
      writeText(ctx, `${one[name]}`, xOf(frame, one.angle), rows[row], colour, theme, { weight });
    });
  });
}
