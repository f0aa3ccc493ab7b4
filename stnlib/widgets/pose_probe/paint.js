// How the pose probe is painted: the map of the loss, the grid, what it reads, ten bars.
import { paintBars } from "../shared/bars.js";
import { paintCross, paintMap, toMap } from "../shared/loss_map.js";
import { haloStroke, writeTitle } from "../shared/pen.js";
import { box, paintGrid, paintPicture, paintRoom, toScreen } from "../shared/picture.js";
import { ROOM } from "./layout.js";

const TITLE = "what the classifier says";

// A ring where the localisation network put the grid, if that is on the map.
function paintChosen(ctx, map, chosen, theme) {
  if (map.reach.some((reach, i) => Math.abs(chosen[i]) > reach)) return;
  const ring = new Path2D();
  ring.arc(...toMap(map, chosen), 6, 0, 7);
  haloStroke(ctx, ring, theme.output, "#fff", 2.5);
}

// The line along which the grid slides.
function paintRail(ctx, panel, height, theme) {
  const line = new Path2D();
  line.moveTo(...toScreen(panel, [-ROOM, height]));
  line.lineTo(...toScreen(panel, [ROOM, height]));
  ctx.setLineDash([3, 5]);
  ctx.strokeStyle = theme.input;
  ctx.stroke(line);
  ctx.setLineDash([]);
}

function paintPictures(ctx, { room, input, output }, { image, aligned, size }, made, theme) {
  const [left, top] = room;
  paintRoom(ctx, room, theme, () => {
    paintPicture(ctx, input, image.canvas, false, theme.input);
    paintRail(ctx, input, aligned[5], theme);
    const moved = { grid: made.grid, theta: made.theta, size };
    paintGrid(ctx, input, moved, theme.input, theme.halo);
  });
  writeTitle(ctx, "input and grid", left, top - 12, theme.input, theme);
  paintPicture(ctx, output, made.read, false, theme.output);
  writeTitle(ctx, "what it reads", box(output, false)[0], top - 12, theme.output, theme);
}

export function paint(ctx, places, state, made, theme) {
  paintMap(ctx, places.map, made.map, "shift to the right, in pixels", theme);
  paintCross(ctx, places.map);
  paintChosen(ctx, places.map, state.chosen, theme);
  paintPictures(ctx, places, state, made, theme);
  paintBars(ctx, places.bars, TITLE, made.chances, state.label, theme.output, theme);
}
