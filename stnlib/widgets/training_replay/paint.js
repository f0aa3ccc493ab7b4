// The pictures of a training replay: the chosen one large with its grid, and all of them small.
import { haloStroke, pixels, polygon, writeText } from "../shared/pen.js";
import { CORNERS, movedSquare, paintGrid, paintPicture, toScreen } from "../shared/picture.js";
import { edgeOf, lineOf, paintHead, paintNumber } from "./marks.js";
import { mapsOf } from "./runs.js";
import { channelName } from "./words.js";

const EDGE = 24; // pieces of a bent side
const SIDES = [
  [-1, -1, 1, 0],
  [1, -1, 0, 1],
  [1, 1, -1, 0],
  [-1, 1, 0, -1],
]; // where a side of the square begins, and where it leads

// The square from -1 to 1 as a map moves it, or bends it.
function outlineOf(panel, { bent, theta, at }) {
  if (!bent) return movedSquare(panel, theta);
  const points = SIDES.flatMap(([x, y, dx, dy]) =>
    Array.from({ length: EDGE }, (_, i) => {
      const share = (2 * i) / EDGE;
      return toScreen(panel, at([x + share * dx, y + share * dy]));
    }),
  );
  return polygon(points);
}

// The grid at the first record, if there is one, and the way of each middle from there to here.
function paintTrails(ctx, panel, run, k, { state, record }, theme) {
  const first = state.numbered ? [] : mapsOf(run, 0, state.digit);
  ctx.setLineDash([2, 3]);
  for (const map of first) haloStroke(ctx, outlineOf(panel, map), theme.muted, theme.halo, 1);
  ctx.setLineDash([]);
  const ways = run.families.map(() => new Path2D());
  for (let i = 0; i <= record; i++) {
    mapsOf(run, i, state.digit).forEach(({ at }, g) => {
      const [x, y] = toScreen(panel, at([0, 0]));
      if (i) ways[g].lineTo(x, y);
      else ways[g].moveTo(x, y);
    });
  }
  ways.forEach((way, g) => {
    haloStroke(ctx, way, lineOf(state, k, g, theme).colour, theme.halo, 1.5);
  });
}

// Keep what is painted inside a box.
/** @type {(ctx: Pen, room: Box, paint: () => void) => void} */
function within(ctx, [left, top, width, height], paint) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  paint();
  ctx.restore();
}

// Where the number of a grid stands: at a corner of its own, and inside the room.
function numberAt(panel, { at }, g, [left, top, width, height]) {
  const [x, y] = toScreen(panel, at(CORNERS[[0, 1, 3, 2][g]]));
  const inside = (value, from, length) => Math.min(Math.max(value, from + 10), from + length - 10);
  return /** @type {Point} */ ([inside(x, left, width), inside(y, top, height)]);
}

// One channel of the input with all grids of run k; `seen` is what they are and read, and `record`
// the index of what the run holds now.
function paintInput(ctx, { room, from }, channel, k, { state, record, seen }, theme) {
  const [run, [left, top, width, height]] = [state.runs[k], room];
  within(ctx, room, () => {
    ctx.fillStyle = theme.line;
    ctx.globalAlpha = 0.3;
    ctx.fillRect(left, top, width, height);
    ctx.globalAlpha = 1;
    paintPicture(ctx, from, channel.canvas, run.alignCorners, edgeOf(state, theme));
    paintTrails(ctx, from, run, k, { state, record }, theme);
    seen.forEach((map, g) => {
      const { colour, dash } = lineOf(state, k, g, theme);
      const grid = { ...map, size: run.output_size, outline: outlineOf(from, map) };
      if (state.numbered) ctx.setLineDash(dash);
      paintGrid(ctx, from, grid, colour, theme.halo, seen.length > 1 ? 10 : 4);
      ctx.setLineDash([]);
    });
    if (seen.length > 1)
      seen.forEach((map, g) => {
        paintNumber(ctx, g, numberAt(from, map, g, room), theme.grids[g], theme);
      });
  });
}

// What the grids of a run read, channel by channel, in frames of their lines.
function paintReads(ctx, panels, k, state, seen, scratch, theme) {
  const {
    output_size: [rows, columns],
    alignCorners,
  } = state.runs[k];
  seen.forEach(({ outputs }, g) => {
    const { frame, edge } = lineOf(state, k, g, theme);
    outputs.forEach((output, c) => {
      const canvas = pixels(output, rows, columns, scratch);
      ctx.setLineDash(edge);
      paintPicture(ctx, panels[g][c], canvas, alignCorners, frame);
      ctx.setLineDash([]);
    });
  });
}

export function paintPictures(ctx, { blocks }, state, { records, reads, scratch }, theme) {
  blocks.forEach(({ rooms, to, heads }, k) => {
    const seen = reads[k][state.digit];
    rooms.forEach((place, c) => {
      const [left, top] = place.room;
      if (rooms.length > 1)
        writeText(ctx, channelName(c), left, top - 10, theme.muted, theme, { align: "left" });
      paintInput(ctx, place, state.image[c], k, { state, record: records[k], seen }, theme);
    });
    if (seen.length > 1) heads.forEach((place, g) => paintHead(ctx, g, place, theme));
    paintReads(ctx, to, k, state, seen, scratch, theme);
  });
}

export function paintStrip(ctx, { columns }, state, { reads, scratch }, theme) {
  const { runs, images, digit } = state;
  columns.forEach(({ inputs, to }, i) => {
    for (const { room, channel, panels } of inputs) {
      const [{ k: first, from: place }] = panels;
      const { alignCorners } = runs[first];
      paintPicture(ctx, place, images[i][channel].canvas, alignCorners, edgeOf(state, theme));
      within(ctx, room, () => {
        for (const { k, from } of panels)
          reads[k][i].forEach((map, g) => {
            const { colour, dash } = lineOf(state, k, g, theme);
            ctx.setLineDash(dash);
            haloStroke(ctx, outlineOf(from, map), colour, theme.halo, state.numbered ? 2 : 1.5);
          });
      });
    }
    ctx.setLineDash([]);
    runs.forEach((_, k) => paintReads(ctx, to[k], k, state, reads[k][i], scratch, theme));
  });
  const [left, top, width, height] = columns[digit].box;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.strokeRect(left + 1, top + 1, width - 2, height - 2);
}
