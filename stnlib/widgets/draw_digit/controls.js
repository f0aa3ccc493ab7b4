// The controls of the drawing figure: stored digits, sliders for those who do not draw, Erase.
import { button } from "../shared/controls.js";
import { fixed } from "../shared/numbers.js";
import { HINT } from "./words.js";

const range = (name, min, max, step, format, value, change) => ({
  name,
  label: name,
  min,
  max,
  step,
  format,
  value,
  change,
});
const move = (name, index) =>
  range(
    name,
    -15,
    15,
    0.5,
    (value) => `${fixed(value, 1)} px`,
    ({ shift }) => shift[index],
    (value, { shift }) => ({ shift: index ? [shift[0], value] : [value, shift[1]] }),
  );

export const controls = ({ store, now, kept: { examples } }) => {
  const erase = button("Erase", () => store.once({ strokes: [] }));
  return {
    hint: HINT,
    about: "the drawing as a whole",
    buttons: [erase],
    refresh: () => (erase.disabled = now().blank),
    sliders: [
      range(
        "turn",
        -180,
        180,
        1,
        (value) => `${fixed(value, 0)}°`,
        ({ angle }) => angle,
        (angle) => ({ angle }),
      ),
      range(
        "size",
        0.4,
        1.6,
        0.05,
        (value) => `× ${fixed(value)}`,
        ({ size }) => size,
        (size) => ({ size }),
      ),
      move("to the right", 0),
      move("down", 1),
    ],
    choices: [
      {
        name: "example",
        label: "stored digit",
        wide: true,
        options: examples.map((_, digit) => [digit, `${digit}`]),
        value: ({ strokes }) => examples.findIndex((one) => String(one) === String(strokes)),
        change: (digit) => ({ strokes: examples[digit] }),
      },
      {
        name: "around",
        label: "full turn",
        options: [
          [false, "hide"],
          [true, "show"],
        ],
        value: ({ around }) => around,
        change: (around) => ({ around }),
      },
    ],
  };
};
