// The hand on a training replay: the knob under the error curve, the curves, the small pictures.
import { nearestStep, stepBy } from "../shared/player.js";
import { stepAt, xOf } from "./layout.js";
import { HANDLE, pictureName } from "./words.js";

const follow = ({ state, places }, [x]) => ({
  step: nearestStep(state.steps, stepAt(places.error, x)),
});

export const hands = () => [
  {
    id: "step",
    label: HANDLE,
    text: "\u2194",
    spot: ({ error }, { step }) => [xOf(error, step), error.top + error.height],
    move: follow,
    keys: (dx, dy, large, { steps, step }) => ({
      step: stepBy(steps, step, (dx || -dy) * (large ? 5 : 1)),
    }),
  },
];

// A mouse may press anywhere on the curves.
export const surface = { jumps: true, move: follow };

export const pickers = ({ columns }, { images, labels, digit }) =>
  images.map((_, i) => ({
    label: pictureName(i, images.length, labels[i]),
    box: columns[i].box,
    pressed: i === digit,
    at: () => ({ digit: i }),
  }));
