// How the landscape is painted: the map with the walk on it, the grid, what it reads, the target.
import { paintCross, paintMap, toMap } from "../shared/loss_map.js";
import { haloStroke, writeTitle } from "../shared/pen.js";
import { box, paintGrid, paintPicture, paintRoom } from "../shared/picture.js";
import { onMap } from "./walk.js";

// The starts of the basin: filled where the walk finds the true place.
function paintStarts(ctx, map, dots) {
  for (const { start, found } of dots) {
    ctx.beginPath();
    ctx.arc(...toMap(map, start), 3.2, 0, 7);
    ctx.fillStyle = found ? "#fff" : "transparent";
    ctx.strokeStyle = found ? "#333" : "rgba(255, 255, 255, 0.85)";
    ctx.lineWidth = 1;
    ctx.fill();
    ctx.stroke();
  }
}

// The walk up to the present step: a line, a dot at every tenth step, a ring at its end.
function paintWalk(ctx, map, { start, side, step }, path, theme) {
  const [line, dots, ring] = [new Path2D(), new Path2D(), new Path2D()];
  let near = start[0];
  let spot = toMap(map, start);
  path.slice(0, step + 1).forEach(({ theta }, i) => {
    const place = onMap(theta, side, near);
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
  ring.arc(...spot, 5.5, 0, 7);
  haloStroke(ctx, ring, "#fff", "#333", 1.5);
  ctx.fill(ring);
}

function paintOnMap(ctx, map, state, { basin, path }, theme) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(map.left, map.top, map.side, map.side);
  ctx.clip();
  paintStarts(ctx, map, basin.dots);
  paintCross(ctx, map);
  paintWalk(ctx, map, state, path, theme);
  ctx.restore();
}

function paintPictures(ctx, { room, input, output, target }, made, theme) {
  paintRoom(ctx, room, theme, () => {
    paintPicture(ctx, input, made.target, false, theme.input);
    const moved = { grid: made.grid, theta: made.here.theta, size: made.size };
    paintGrid(ctx, input, moved, theme.input, theme.halo);
  });
  writeTitle(ctx, "input and grid", room[0], room[1] - 12, theme.input, theme);
  const small = (panel, canvas, text, colour) => {
    paintPicture(ctx, panel, canvas, false, colour);
    const [left, top] = box(panel, false);
    writeTitle(ctx, text, left, top - 12, colour, theme);
  };
  small(output, made.output, "what it reads", theme.output);
  small(target, made.target, "target", theme.ink);
}

export function paint(ctx, places, state, made, theme) {
  paintMap(ctx, places.map, made.map, "shift in pixels, along a slanted line", theme);
  paintOnMap(ctx, places.map, state, made, theme);
  paintPictures(ctx, places, made, theme);
}
