// How the grid bender is painted: both pictures, the bent lines, the folds, a spline's two parts.
import { haloStroke, polygon } from "../shared/pen.js";
import { paintPicture } from "../shared/picture.js";
import { onScreen } from "./layout.js";

const FOLD = "#d6336c";
const [LINES, STEPS] = [9, 32];

// The lines of the grid as the map bends them; a line that jumps (past a horizon) is broken.
function bentLines(panel, jet) {
  const path = new Path2D();
  const outline = new Path2D();
  const line = (onto, /** @type {(t: number) => [number, number]} */ at) => {
    let before = null;
    for (let step = 0; step <= STEPS; step++) {
      const [u, v] = jet(...at((2 * step) / STEPS - 1));
      const jumps = before && Math.hypot(u - before[0], v - before[1]) > 3;
      if (before && !jumps) onto.lineTo(...onScreen(panel, [u, v]));
      else onto.moveTo(...onScreen(panel, [u, v]));
      before = [u, v];
    }
  };
  for (let i = 0; i < LINES; i++) {
    const fixed = (2 * i) / (LINES - 1) - 1;
    const onto = i % (LINES - 1) ? path : outline;
    line(onto, (t) => [t, fixed]);
    line(onto, (t) => [fixed, t]);
  }
  return [path, outline];
}

function paintFolds(ctx, panel, { grid, folded }, halo) {
  const path = new Path2D();
  folded.forEach((over, k) => {
    if (!over) return;
    const [x, y] = onScreen(panel, [grid[2 * k], grid[2 * k + 1]]);
    path.moveTo(x - 2.5, y - 2.5);
    path.lineTo(x + 2.5, y + 2.5);
    path.moveTo(x + 2.5, y - 2.5);
    path.lineTo(x - 2.5, y + 2.5);
  });
  haloStroke(ctx, path, FOLD, halo, 1.5);
}

// The linear part as a dashed frame, and lines from where it sends the control points: the bending.
function paintParts(ctx, panel, [a, b, c, d, e, f], anchors, held, theme) {
  /** @type {(point: Point) => Point} */
  const linear = ([x, y]) => onScreen(panel, [a * x + b * y + c, d * x + e * y + f]);
  ctx.setLineDash([6, 5]);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = theme.output;
  ctx.stroke(
    polygon(
      [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ].map(linear),
    ),
  );
  ctx.setLineDash([]);
  const arms = new Path2D();
  anchors.forEach((anchor, k) => {
    arms.moveTo(...linear(anchor));
    arms.lineTo(...onScreen(panel, held[k]));
  });
  ctx.stroke(arms);
}

export function paint(ctx, { input, output }, { image }, made, theme) {
  paintPicture(ctx, input, image.canvas, false, theme.input);
  paintPicture(ctx, output, made.output, false, theme.output);
  ctx.save();
  ctx.beginPath();
  ctx.rect(input.left, input.top, input.side, input.tall);
  ctx.clip();
  const [lines, outline] = bentLines(input, made.jet);
  ctx.lineWidth = 1; // without a halo, which would be thicker than the line
  ctx.strokeStyle = theme.input;
  ctx.stroke(lines);
  haloStroke(ctx, outline, theme.input, theme.halo, 2);
  paintFolds(ctx, input, made, theme.halo);
  if (made.linear) paintParts(ctx, input, made.linear, made.family.anchors, made.held, theme);
  ctx.restore();
}
