// The controls of the pose probe: angle and shift, the digit, the classifier.
import { tidyOffset } from "../shared/loss_map.js";
import { fixed } from "../shared/numbers.js";
import { MAP } from "./state.js";

// A slider for one of the two numbers of the offset.
const range = (index, name, step, format) => ({
  name,
  label: name,
  say: `${name} from the true pose`,
  step,
  format,
  min: -MAP.reach[index],
  max: MAP.reach[index],
  value: ({ offset }) => offset[index],
  change(value, { offset: [degrees, shift] }) {
    return { offset: tidyOffset(index ? [degrees, value] : [value, shift], MAP.reach) };
  },
});

export const controls = ({ kept: { digits, networks } }) => ({
  hint:
    "Turn and move the grid, or drag the dot over the map; arrow keys work too. " +
    "The cross is the true pose, the ring what the localisation network chose.",
  sliders: [
    range(0, "angle", 1, (v) => `${fixed(v, 0)}°`),
    range(1, "shift", 0.1, (v) => `${fixed(v, 1)} px`),
  ],
  choices: [
    {
      name: "picture",
      label: "digit",
      wide: true,
      options: digits.map(({ label }, i) => [i, `${label}`]),
      value: ({ picture }) => picture,
      change: (picture) => ({ picture }),
    },
    {
      name: "network",
      label: "classifier",
      wide: true,
      options: [...networks.keys()].map((name) => [name, name]),
      value: ({ network }) => network,
      change: (network) => ({ network }),
    },
  ],
});
