// The hand on the pixel lab: it drags the point, and chooses and changes a pixel.
import { clamp, keepIndex } from "../shared/numbers.js";
import { fromStage, toStage } from "./layout.js";
import { REACH, withValue } from "./state.js";

const SNAP = 5; // pixels of the screen

// Keep a point on the stage, at two digits; a dragged one stops where a kink is near.
function keepPoint([x, y], { width, height }, cell = 0) {
  const keep = (value, n) => clamp(value, -REACH, n - 1 + REACH);
  const snap = (value) =>
    Math.abs(value - Math.round(value)) * cell < SNAP ? Math.round(value) : value;
  return [keep(x, width), keep(y, height)].map((v) => Number((cell ? snap(v) : v).toFixed(2)) + 0);
}

export const hands = ({ image, point: [x, y] }) => [
  {
    id: "point",
    kind: "point",
    label: "The point: drag it, or use the arrow keys.",
    spot: (places, { point }) => toStage(places, point),
    move({ state, places, at }, place) {
      const [[x0, y0], [x1, y1]] = [fromStage(places, at), fromStage(places, place)];
      const [column, row] = state.point;
      return { point: keepPoint([column + x1 - x0, row + y1 - y0], image, places.cell) };
    },
    keys(dx, dy, large) {
      const step = large ? 0.5 : 0.1;
      return { point: keepPoint([x + dx * step, y + dy * step], image) };
    },
  },
];

const SIGNS = { "+": 1, "=": 1, "-": -1 };

export function pickers(places, { image, rows, pixel, shown }) {
  if (!shown.has("pixel")) return [];
  const { width, height } = image;
  const choose = (row, column) => ({ pixel: [keepIndex(row, height), keepIndex(column, width)] });
  const [left, top] = toStage(places, [-0.5, -0.5]);
  return [
    {
      id: "pixel",
      box: [left, top, width * places.cell, height * places.cell],
      label: "Pixels: choose one with the arrow keys or a click, change it with + and \u2212",
      at: (u, v) => choose(Math.floor(v * height), Math.floor(u * width)),
      arrows(dx, dy) {
        const [row, column] = pixel ?? [0, 0];
        return choose(row + dy, column + dx);
      },
      key(event) {
        const sign = SIGNS[event.key];
        if (!pixel || !sign || event.ctrlKey || event.metaKey) return null;
        const value = image.data[pixel[0] * width + pixel[1]] + 0.1 * sign;
        return { image: withValue(rows, pixel, clamp(value, 0, 1)) };
      },
    },
  ];
}
