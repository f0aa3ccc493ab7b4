// What can be set below the grid explorer: sliders for the parts of the matrix, and switches.
import { tidy } from "../shared/moves.js";
import { fixed } from "../shared/numbers.js";
import { decompose, fromParts } from "../shared/warp.js";

const DEGREE = Math.PI / 180;
const degrees = (value) => `${fixed(value, 0)}°`;
const digits = (value) => fixed(value);

const part = (name, label, min, max, step, format = digits, unit = 1) => ({
  name,
  label,
  min,
  max,
  step,
  format,
  value: ({ theta }) => decompose(theta)[name] / unit,
  change: (value, { theta }) => ({
    theta: tidy(fromParts({ ...decompose(theta), [name]: value * unit })),
  }),
});

const PARTS = [
  part("rotation", "rotation", -180, 180, 1, degrees, DEGREE),
  part("scaleX", "scale x", 0.1, 3, 0.05),
  part("scaleY", "scale y", 0.1, 3, 0.05),
  part("shear", "shear", -1.5, 1.5, 0.05),
  part("tX", "move x", -1.5, 1.5, 0.05),
  part("tY", "move y", -1.5, 1.5, 0.05),
];

const DIRECTION = {
  name: "direction",
  label: "direction",
  options: [
    ["gather", "output → input (gather)"],
    ["splat", "input → output (splat)"],
  ],
  value: ({ direction }) => direction,
  change: (direction) => ({ direction }),
};

const words = (...values) => values.map((value) => [value, value]);

// Output sizes on offer: a quarter, half, all and double of the input, and the present one.
function sizes({ image, size }) {
  const scaled = (factor) => (n) => Math.max(1, Math.round(n * factor));
  const offers = [0.25, 0.5, 1, 2].map((f) => [image.height, image.width].map(scaled(f)));
  const all = [...offers, size].map((pair) => pair.join(" × "));
  return words(...[...new Set(all)].sort((a, b) => parseInt(a, 10) - parseInt(b, 10)));
}

// The new size; when gathering, the pinned pixel keeps its place in the output.
function resize(word, { pixel, direction, rows, columns }) {
  const size = word.split(" × ").map(Number);
  const inStep = pixel && direction === "gather";
  const moved = inStep ? [(pixel[0] * size[0]) / rows, (pixel[1] * size[1]) / columns] : pixel;
  return { output_size: size, pixel: moved?.map(Math.floor) ?? null };
}

const switches = (state) => [
  {
    name: "mode",
    label: "mode",
    options: words("bilinear", "nearest"),
    value: ({ mode }) => mode,
    change: (mode) => ({ mode }),
  },
  {
    name: "padding_mode",
    label: "padding_mode",
    options: words("zeros", "border", "reflection"),
    value: ({ padding }) => padding,
    change: (word) => ({ padding_mode: word }),
    enabled: ({ direction }) => direction === "gather", // splatting reads nothing outside
  },
  {
    name: "align_corners",
    label: "align_corners",
    options: [
      [false, "False"],
      [true, "True"],
    ],
    value: ({ alignCorners }) => alignCorners,
    change: (flag) => ({ align_corners: flag }),
  },
  {
    name: "output_size",
    label: "output size",
    options: sizes(state),
    value: ({ size }) => size.join(" × "),
    change: resize,
  },
];

export const controls = ({ now, kept: { shown, behind } }) => ({
  about: "Parts of the matrix",
  sliders: shown.has("sliders") || behind.has("sliders") ? PARTS : [],
  choices: [
    ...(shown.has("direction") || behind.has("direction") ? [DIRECTION] : []),
    ...(shown.has("switches") || behind.has("switches") ? switches(now()) : []),
  ],
  behind: {
    sliders: behind.has("sliders"),
    choices: behind.has("switches"),
    any: behind.size > 0,
  },
  hint:
    "Drag a corner, \u21bb or \u2725, " +
    `${shown.has("theta") ? "or a dotted number sideways, " : ""}or use the arrow keys. ` +
    "Shift takes larger steps, and lets a dragged corner slant the grid.",
});
