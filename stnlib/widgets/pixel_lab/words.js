// What the pixel lab says about its state: the sums written out with the numbers on screen. No DOM.
import { fixed } from "../shared/numbers.js";

// A pixel's value as short as it can be written.
export const short = (value) => String(Number(value.toFixed(2)));

export function sumWords({ point: [x, y], mode }, { cells, value }) {
  const place = `The point is at column ${fixed(x)}, row ${fixed(y)}`;
  if (mode === "nearest") {
    const [{ row, column }] = cells;
    return {
      line: `${place}; the nearest pixel is row ${row}, column ${column}.`.replaceAll(
        "-",
        "\u2212",
      ),
      sum: `V = ${fixed(value)}`,
      note: "Nearest reading takes one pixel whole.",
    };
  }
  const heard = cells.filter((cell) => cell.weight > 0).length;
  const between = ["", "on one pixel", "between two pixels", "", "between four pixels"][heard];
  const terms = cells.map((cell) => `${fixed(cell.weight)}\u00a0·\u00a0${short(cell.value)}`);
  return {
    line: `${place}, ${between}.`,
    sum: `V = ${terms.join(" + ")} = ${fixed(value, 3)}`,
    note: "The coloured square is one pixel large; its part over each pixel is the weight.",
  };
}

// Equation 7 with its numbers: two differences of neighbours, weighted by the other hat.
function difference([a, b, c, d], other) {
  const pair = (first, second) => `(${short(second.value)}\u00a0−\u00a0${short(first.value)})`;
  return `${fixed(1 - other)}\u00a0·\u00a0${pair(a, b)} + ${fixed(other)}\u00a0·\u00a0${pair(c, d)}`;
}

const AXES = [
  ["∂V/∂x", "on the left", "on the right"],
  ["∂V/∂y", "above", "below"],
];

// One line an axis: the difference, the interval at a kink, or why there is no slope.
export function slopeWords({ mode, point }, { cells, slopes }) {
  return AXES.map(([name, before, after], i) => {
    const { left, right, taken, kink } = slopes[i];
    if (mode === "nearest")
      return `${name} = 0: the value is flat, and jumps halfway between pixels.`;
    if (kink) {
      const [low, high] = [left, right].sort((p, q) => p - q);
      return (
        `${name}: ${fixed(left)} ${before}, ${fixed(right)} ${after}; any number in ` +
        `[${fixed(low)}, ${fixed(high)}] is a sub-gradient. torch takes ${fixed(taken)}.`
      );
    }
    const other = point[1 - i] - Math.floor(point[1 - i]);
    const [a, b, c, d] = cells;
    return `${name} = ${difference(i ? [a, c, b, d] : cells, other)} = ${fixed(right)}`;
  });
}

// A sentence on where the point stands, when there is something to say.
export function placeWords({ image: { height, width }, point: [x, y], mode, padding }, { slopes }) {
  if (mode === "nearest") return "A small step changes nothing or everything: no slope to follow.";
  const kinks = slopes.filter(({ kink }) => kink).length;
  if (kinks === 2)
    return "A kink along x and along y: the choices fill a rectangle, and torch takes one corner.";
  if (kinks === 1) return "A kink: the slope to one side is not the slope to the other.";
  const flat = slopes.every(({ left, right }) => left === 0 && right === 0);
  const outside = x < 0 || y < 0 || x > width - 1 || y > height - 1;
  if (flat && outside && padding !== "reflection") {
    return "The dead zone: no step changes the value, so nothing calls this point back.";
  }
  if (flat) return "Even ground: all neighbours are equal here, and no step changes the value.";
  if (outside && padding === "zeros")
    return "Outside the outer centres the picture fades to 0 within one pixel.";
  return "Between the kinks the slope is a difference of neighbours, and the arrow points uphill.";
}

export function pixelWords({ image, pixel }, { byPixel }) {
  if (!pixel) return "Click a pixel to change its value.";
  const [row, column] = pixel;
  const slope = byPixel[row * image.width + column];
  const said =
    slope > 0
      ? `Raise the pixel by 0.1, and V grows by ${fixed(0.1 * slope, 3)}.`
      : "This pixel has no say in V.";
  return `Pixel row ${row}, column ${column}: ∂V/∂U = ${fixed(slope)}, its weight. ${said}`;
}

export function judgeWords(judged, stops) {
  if (judged)
    return `Three ways to one slope, at this marked point.${stops ? " Go to another:" : ""}`;
  const found = "Python found its slopes when the notebook ran,";
  return stops ? `${found} at the marked points. Go to one:` : `${found} at the first point.`;
}
