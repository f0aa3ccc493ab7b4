// A close-up of the pixels that share one point: a square of one pixel's size lies around the
// point, and the part of it over each pixel is that pixel's weight.
import { fixed } from "./numbers.js";
import { haloStroke } from "./pen.js";

const SIDE = 136;
const CELL = 60;
const EDGE = (SIDE - 2 * CELL) / 2;

export const LENS_SIDE = SIDE;

function paintCell(ctx, cell, x, y, theme) {
  const shade = Math.round(255 * cell.value);
  ctx.fillStyle = `rgb(${shade}, ${shade}, ${shade})`;
  ctx.globalAlpha = cell.inside ? 1 : 0.6; // outside the picture: the zero that padding gives
  ctx.fillRect(x, y, CELL, CELL);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.strokeRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1);
  return shade > 128 ? "#000" : "#fff";
}

function paintFootprint(ctx, x, y, colour, halo) {
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.42;
  ctx.fillRect(x - CELL / 2, y - CELL / 2, CELL, CELL);
  ctx.globalAlpha = 1;
  const path = new Path2D();
  path.rect(x - CELL / 2, y - CELL / 2, CELL, CELL);
  haloStroke(ctx, path, colour, halo, 1.5);
}

// Text that can be read on any grey and through the tint of the footprint.
function paintNumber(ctx, text, x, y, ink, font) {
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = ink === "#000" ? "rgba(255, 255, 255, 0.75)" : "rgba(0, 0, 0, 0.75)";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
}

// The empty frame, before a pixel is pointed at.
export function paintEmptyLens(ctx, theme) {
  ctx.clearRect(0, 0, SIDE, SIDE);
  ctx.strokeStyle = theme.line;
  ctx.setLineDash([3, 3]);
  for (const i of [0, 1, 2, 3]) {
    ctx.strokeRect(EDGE + CELL * (i % 2) + 0.5, EDGE + CELL * (i >> 1) + 0.5, CELL - 1, CELL - 1);
  }
  ctx.setLineDash([]);
}

// `cells` are the four pixels, top left first; `weights` their shares in the present mode; `side`
// says whose colour the point has.
export function paintLens(ctx, { column, row, cells, weights, mode, side }, theme) {
  const colour = theme[side];
  ctx.clearRect(0, 0, SIDE, SIDE);
  const [left, top] = [cells[0].column, cells[0].row];
  const place = (c, r) => [EDGE + (c - left) * CELL, EDGE + (r - top) * CELL];
  const inks = cells.map((cell) => paintCell(ctx, cell, ...place(cell.column, cell.row), theme));
  const [x, y] = place(column + 0.5, row + 0.5);
  if (mode === "bilinear") paintFootprint(ctx, x, y, colour, theme.halo);
  cells.forEach((cell, i) => {
    const [cx, cy] = place(cell.column, cell.row);
    if (mode === "nearest" && weights[i] > 0) {
      const path = new Path2D();
      path.rect(cx + 1, cy + 1, CELL - 2, CELL - 2);
      haloStroke(ctx, path, colour, theme.halo, 3);
    }
    const x = cx + CELL / 2 + (cell.column === left ? -7 : 7);
    const y = cy + CELL / 2 + (cell.row === top ? -9 : 9);
    paintNumber(ctx, fixed(cell.value), x, y - 7, inks[i], `600 13px ${theme.font}`);
    paintNumber(ctx, `× ${fixed(weights[i])}`, x, y + 8, inks[i], `400 11px ${theme.font}`);
  });
  ctx.beginPath();
  ctx.arc(x, y, 3.5, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.strokeStyle = theme.halo;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.fill();
}
