// How the volume figure is painted: the cloud, its cube and its box; projections and slices.
import { pixels, polygon, writeText, writeTitle } from "../shared/pen.js";
import { box as frameOf, paintPicture } from "../shared/picture.js";
import { paintCloud } from "./cloud.js";
import { aimOf } from "./hands.js";
import { onStage, REACH } from "./layout.js";
import { apply } from "./space.js";
import { CORNERS } from "./state.js";
import { TITLES } from "./words.js";

const [GROUND, PALE, BRIGHT] = ["#05070b", "#6fb7ea", "#ff9a4a"]; // as dark as pictures, in both themes
const EDGES = [
  ...[0, 1, 2, 3].flatMap((i) => [
    [i, (i + 1) % 4],
    [4 + i, 4 + ((i + 1) % 4)],
    [i, 4 + i],
  ]),
];

// The edges of a box on the stage, those behind it and those before it: what meets in its furthest
// corner is behind.
function edgesOf(places, seen, wanted) {
  const far = seen.reduce((last, [, , z], i) => (z > seen[last][2] ? i : last), 0);
  const paths = { behind: new Path2D(), before: new Path2D() };
  for (const [from, to] of EDGES.filter(wanted)) {
    const path = from === far || to === far ? paths.behind : paths.before;
    path.moveTo(...onStage(places, seen[from]));
    path.lineTo(...onStage(places, seen[to]));
  }
  return paths;
}

function stroke(ctx, path, colour, width, alpha = 1) {
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke(path);
  ctx.globalAlpha = 1;
}

function paintAxes(ctx, places, seen, half, dark) {
  ["x", "y", "z"].forEach((name, k) => {
    const end = half.map((value, i) => (i === k ? value + 0.14 : -value));
    const [x, y] = onStage(places, apply(seen, end));
    writeText(ctx, name, x, y, PALE, dark, { size: 13, weight: 600 });
  });
}

// The line along which the box looks: from the hand that turns it to behind its back, with a head.
function paintAim(ctx, places, box, seen) {
  const [from, to] = [aimOf(box, seen, -1), aimOf(box, seen, 1)].map((end) => onStage(places, end));
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const line = new Path2D();
  line.moveTo(...from);
  line.lineTo(...to);
  ctx.setLineDash([3, 4]);
  stroke(ctx, line, BRIGHT, 1.5);
  ctx.setLineDash([]);
  if (Math.hypot(dx, dy) < 24) return;
  const angle = Math.atan2(dy, dx);
  const head = new Path2D();
  for (const turn of [-0.45, 0.45]) {
    head.moveTo(...to);
    head.lineTo(to[0] - 9 * Math.cos(angle + turn), to[1] - 9 * Math.sin(angle + turn));
  }
  stroke(ctx, head, BRIGHT, 1.5);
}

function paintView(ctx, places, { volume }, made, theme) {
  const { box, seen, half, inside, canvases } = made;
  const [left, top, side] = places.view;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, side, side);
  ctx.clip();
  ctx.fillStyle = GROUND;
  ctx.fillRect(left, top, side, side);
  const see = (point) => apply(seen, point);
  const all = () => true;
  const cube = edgesOf(
    places,
    CORNERS.map((corner) => see(corner.map((v, i) => v * half[i]))),
    all,
  );
  const corners = box.corners.map(see);
  const edges = edgesOf(places, corners, all);
  const front = polygon(corners.slice(0, 4).map((corner) => onStage(places, corner)));
  stroke(ctx, cube.behind, PALE, 1, 0.45);
  stroke(ctx, edges.behind, BRIGHT, 1, 0.6);
  const pixelSide = volume.cloud.side;
  const image = new ImageData(pixelSide, pixelSide);
  paintCloud(volume.cloud, inside, seen, image, REACH);
  const { cloud } = canvases;
  [cloud.width, cloud.height] = [pixelSide, pixelSide];
  cloud.getContext("2d").putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(cloud, left, top, side, side);
  stroke(ctx, cube.before, PALE, 1, 0.6);
  ctx.globalAlpha = 0.1;
  ctx.fillStyle = BRIGHT;
  ctx.fill(front);
  stroke(ctx, edges.before, BRIGHT, 1.25);
  stroke(ctx, front, BRIGHT, 2.5);
  paintAim(ctx, places, box, seen);
  paintAxes(ctx, places, seen, half, { ...theme, halo: GROUND });
  ctx.restore();
  ctx.lineWidth = 2;
  ctx.strokeStyle = theme.input;
  ctx.strokeRect(left + 1, top + 1, side - 2, side - 2);
}

// A picture whose largest value is white.
function paintScaled(ctx, panel, { data, height, width }, canvas, colour) {
  const most = data.reduce((a, b) => Math.max(a, b), 0);
  const shown = most ? data.map((value) => value / most) : data;
  paintPicture(ctx, panel, pixels(shown, height, width, canvas), false, colour);
  return most;
}

export function paint(ctx, places, state, made, theme) {
  const { heads, projections, slices } = places;
  const { canvases } = made;
  const title = (text, [x, y], colour) => writeTitle(ctx, text, x, y + 12, colour, theme);
  paintView(ctx, places, state, made, theme);
  title(TITLES.view, [0, 0], theme.input);
  ["straight", "projected"].forEach((name, i) => {
    const colour = i ? theme.output : theme.input;
    title(TITLES[name](state.projection), heads.projections[i], colour);
    const most = paintScaled(ctx, projections[i], made[name], canvases[name], colour);
    const [left, top, , height] = frameOf(projections[i], false);
    const said = TITLES.white(most);
    writeText(ctx, said, left, top + height + 13, theme.muted, theme, { align: "left" });
  });
  slices.forEach((panel, i) => {
    title(TITLES.slices[i], heads.slices[i], theme.output);
    const { data, height, width } = made.slices[i];
    const canvas = pixels(data, height, width, canvases.slices[i]);
    paintPicture(ctx, panel, canvas, false, theme.output);
  });
}
