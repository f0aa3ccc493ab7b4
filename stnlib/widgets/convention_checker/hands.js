// The hand on the convention checker: a ring on the marked output pixel, on each side.
import { keepIndex } from "../shared/numbers.js";
import { middleOf, pixelAt } from "./layout.js";
import { ends, word } from "./words.js";

const inside = (pixel, { output }) => ({
  pixel: pixel.map((index, i) => keepIndex(index, output[i])),
});

export const hands = ({ alignCorners, way }) => [
  {
    id: `pixel-${ends(alignCorners)}`,
    label: `Marked output pixel, align_corners=${word(alignCorners)}: drag, or use the arrow keys`,
    spot: ({ to }, { pixel }) => (way ? middleOf(to, pixel, alignCorners) : null),
    move: ({ state, places }, point) => inside(pixelAt(places.to, point, alignCorners), state),
    keys(dx, dy, large, state) {
      const by = large ? 5 : 1;
      const [row, column] = state.pixel;
      return inside([row + dy * by, column + dx * by], state);
    },
  },
];
