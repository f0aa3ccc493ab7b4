// What the grid explorer says about its state, in words. Pure functions, no DOM.
import { factor, fixed, signed } from "../shared/numbers.js";
import { decompose, determinant, pixelFromNormalised } from "../shared/warp.js";

const OUTSIDE = {
  zeros: "reads zeros",
  border: "reads the nearest pixel of the border",
  reflection: "reads the picture's reflection",
};

// A movement in words: x right, y down; the smaller part is left out when it is much smaller.
function heading(x, y) {
  const [across, down] = [Math.abs(x), Math.abs(y)];
  if (Math.hypot(x, y) < 0.03) return null;
  const words = [];
  if (across > 0.4 * down) words.push(x > 0 ? "right" : "left");
  if (down > 0.4 * across) words.push(y > 0 ? "down" : "up");
  return words.join(" and ");
}

const TURN = (angle) => (angle > 0 ? "clockwise" : "counter-clockwise");

// Where the middle of the still picture goes when the grid moves: minus the inverse of theta.
function contentShift(theta) {
  const [a, b, x, c, d, y] = theta;
  const det = determinant(theta);
  return [-(d * x - b * y) / det, -(a * y - c * x) / det];
}

// How far apart in input pixels two neighbouring output pixels read, the larger of both ways.
function spacing({ theta, image, size, alignCorners }) {
  const px = (v, n) =>
    pixelFromNormalised(v, n, alignCorners) - pixelFromNormalised(0, n, alignCorners);
  const steps = [size[1], size[0]].map((n) => 2 / Math.max(alignCorners ? n - 1 : n, 1));
  return Math.max(
    ...[0, 1].map((i) =>
      Math.hypot(px(theta[i] * steps[i], image.width), px(theta[i + 3] * steps[i], image.height)),
    ),
  );
}

function outsideShare(grid) {
  let count = 0;
  for (let k = 0; k < grid.length; k += 2) {
    if (Math.abs(grid[k]) > 1.0001 || Math.abs(grid[k + 1]) > 1.0001) count += 1;
  }
  return count / (grid.length / 2);
}

// Sentences for gathering, the most telling ones first.
function gatherWords(state, grid) {
  const { theta, padding } = state;
  const det = determinant(theta);
  if (Math.abs(det) < 1e-3) {
    return ["The grid has collapsed onto a line, so all output pixels read along that line."];
  }
  const { rotation, shear } = decompose(theta);
  const words = [];
  const size = Math.sqrt(Math.abs(det));
  if (size < 0.97) {
    words.push("The grid covers a smaller part of the input, so the content looks larger.");
  } else if (size > 1.03) {
    words.push("The grid covers more than the input, so the content looks smaller.");
  }
  if (det < 0) words.push("It is mirrored, and so is the content.");
  if (det > 0 && Math.abs(rotation) > 0.03) {
    words.push(`It is turned ${TURN(rotation)}, so the content turns ${TURN(-rotation)}.`);
  }
  if (Math.abs(shear) > 0.04) words.push("It is slanted, so the content slants the other way.");
  const [moved, content] = [heading(theta[2], theta[5]), heading(...contentShift(theta))];
  if (moved && content) words.push(`It has moved ${moved}, so the content moves ${content}.`);
  if (!words.length)
    words.push("The grid lies squarely on the input, so the output shows it unmoved.");
  else words[0] = words[0].replace(/^It /, "The grid ");
  const outside = outsideShare(grid);
  const told = words.slice(0, 2);
  if (outside > 0.004) {
    told.push(
      `${Math.max(1, Math.round(100 * outside))} % of it lies outside and ${OUTSIDE[padding]}.`,
    );
  } else if (spacing(state) > 1.5) {
    told.push(
      `Neighbours read ${fixed(spacing(state), 1)} pixels apart and skip what lies between.`,
    );
  }
  return told;
}

// Sentences for throwing pixels forwards, with its holes and pile-ups.
function splatWords({ theta, size, mode }, { holes, pileUps }) {
  const words = [];
  const scale = Math.sqrt(Math.abs(determinant(theta)));
  const sent = "The matrix sends each input pixel to the output";
  if (scale < 0.97) words.push(`${sent}, so the content shrinks.`);
  else if (scale > 1.03) words.push(`${sent}, so the content grows.`);
  else words.push(`${sent}, and the content with it.`);
  const count = size[0] * size[1];
  const more = mode === "nearest" ? "more than one pixel" : "more than one pixel's worth";
  if (!holes && !pileUps) words.push(`All ${count} output pixels got exactly one pixel's worth.`);
  else {
    words.push(
      `${holes || "None"} of ${count} output pixels got nothing${holes ? " (hatched)" : ""}; ` +
        `${pileUps || "none"} got ${more}.`,
    );
  }
  return words;
}

export function caption(state, { grid, counts }) {
  const words = state.direction === "splat" ? splatWords(state, counts) : gatherWords(state, grid);
  return words.join(" ");
}

const INDICES = ["11", "12", "13", "21", "22", "23"];
const subscript = (digit) => String.fromCodePoint(0x2080 + Number(digit));

// What the matrix and its numbers are called: θ is a map from output points to input points only.
export function matrixNames(direction) {
  return direction === "gather"
    ? { matrix: "θ", numbers: INDICES.map(([r, c]) => `θ${subscript(r)}${subscript(c)}`) }
    : { matrix: "output from input", numbers: INDICES.map(([r, c]) => `row ${r}, column ${c}`) };
}

// One row of the formula, with letters or, when a pixel is pointed at, with its numbers.
/** @type {(row: number[], names: string[], point?: number[]) => Record<string, string>} */
export function formula([a, b, c], names, point) {
  const [x, y] = point ? point.map(factor) : names;
  const sum = point ? ` = ${fixed(a * point[0] + b * point[1] + c)}` : "";
  return { x, y, a: fixed(a), b: signed(b), c: signed(c), sum };
}

const AREA =
  "The coloured square is one pixel large; the part of it over each pixel is the weight.";

// What the pointed pixel does: a sentence, the sum written out, and what the close-up shows.
export function reading({ direction, pixel, mode }, { detail }) {
  const gather = direction === "gather";
  if (!detail) {
    const line = gather
      ? "Point at a pixel of the output to see what it reads."
      : "Point at a pixel of the input to see where it lands.";
    return { line, sum: "", note: "" };
  }
  const note = mode === "nearest" ? "" : AREA;
  return { ...(gather ? readingOf(pixel, mode, detail) : landingOf(pixel, mode, detail)), note };
}

const placeOf = ({ column, row }) => `column ${fixed(column)}, row ${fixed(row)}`;

function readingOf([row, column], mode, detail) {
  const outside = detail.cells.filter((cell) => !cell.inside && cell.weight > 0).length;
  const line = `Output pixel row ${row}, column ${column} reads the input at ${placeOf(detail)}`;
  if (mode === "nearest") {
    return {
      line: `${line}, and takes the nearest pixel${outside ? ", which is outside" : ""}.`,
      sum: `value = ${fixed(detail.value)}`,
    };
  }
  const zero = outside ? ` (${outside} of them outside, so 0)` : "";
  const terms = detail.cells.map((cell) => `${fixed(cell.weight)} · ${fixed(cell.value)}`);
  return {
    line: `${line}, between four pixels${zero}.`,
    sum: `${terms.join(" + ")} = ${fixed(detail.value)}`,
  };
}

function landingOf([row, column], mode, detail) {
  const line = `Input pixel row ${row}, column ${column} lands on the output at ${placeOf(detail)}.`;
  const lands = detail.cells.some((cell) => cell.inside && cell.weight > 0);
  if (!lands) return { line, sum: "It falls outside the output and is lost." };
  if (mode === "nearest") return { line, sum: "All of it goes to the nearest pixel." };
  const weights = detail.cells.map((cell) => fixed(cell.weight));
  return { line, sum: `It is shared among four pixels: ${weights.join(" + ")}.` };
}
