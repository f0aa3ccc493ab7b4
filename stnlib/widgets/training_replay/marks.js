// How the lines of a training replay are told apart: runs by dashes; several grids on one picture by
// dashes, colours and numbers.
import { writeText } from "../shared/pen.js";

export const DASHES = [[], [5, 4]]; // the first run's lines, the second's
const GRIDS = [[], [7, 4], [2.5, 3], [9, 3, 2, 3]]; // the first grid's lines, the second's, …
const RADIUS = 8;

// The colour and the dashes of grid g of run k on the pictures, and of the frame of what it reads.
/** @type {(state: any, k: number, g: number, theme: Theme) => any} */
export const lineOf = ({ numbered }, k, g, theme) =>
  numbered
    ? { colour: theme.grids[g], frame: theme.grids[g], dash: GRIDS[g], edge: GRIDS[g] }
    : { colour: theme.input, frame: theme.output, dash: DASHES[k], edge: [] };

// The frame of an input: where a grid has its colour and its line, another.
/** @type {(state: any, theme: Theme) => string} */
export const edgeOf = ({ numbered }, theme) => (numbered ? theme.muted : theme.input);

// The number of a grid, in a ring of its colour.
/** @type {(ctx: Pen, g: number, place: Point, colour: string, theme: Theme) => void} */
export function paintNumber(ctx, g, [x, y], colour, theme) {
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(x, y, RADIUS, 0, 7);
  ctx.fillStyle = theme.halo;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = colour;
  ctx.stroke();
  writeText(ctx, `${g + 1}`, x, y + 0.5, theme.ink, theme, { weight: 700 });
}

// A number and a piece of its line: the head of what a grid reads.
export function paintHead(ctx, g, [left, top, width], theme) {
  const [colour, y] = [theme.grids[g], top + RADIUS + 2];
  ctx.setLineDash(GRIDS[g]);
  ctx.lineWidth = 2;
  ctx.strokeStyle = colour;
  ctx.beginPath();
  ctx.moveTo(left + 2 * RADIUS + 8, y);
  ctx.lineTo(left + Math.min(width - 4, 2 * RADIUS + 60), y);
  ctx.stroke();
  paintNumber(ctx, g, [left + RADIUS + 1, y], colour, theme);
}
