// The switches of the grid bender: family and control grid; both keep the grid as it lies.
import { adopt, familyOf, NAMES } from "./families.js";
import { tidy } from "./state.js";

const GRIDS = [
  [2, 2],
  [3, 3],
  [4, 4],
];

function turnTo(family, size, { name, size: old, theta }) {
  const adopted = adopt(familyOf(family, size), familyOf(name, old).jet(theta));
  return adopted ? { family, control_grid: size, theta: tidy(adopted) } : {};
}

export function controls({ now }) {
  const own = now().size;
  const offers = GRIDS.some((size) => `${size}` === `${own}`) ? GRIDS : [...GRIDS, own];
  return {
    hint: "Drag a point, or use the arrow keys; Shift takes larger steps.",
    choices: [
      {
        name: "family",
        label: "family",
        wide: true,
        options: NAMES.map((name) => [name, name]),
        value: ({ name }) => name,
        change: (name, state) => turnTo(name, state.size, state),
      },
      {
        name: "control_grid",
        label: "control points",
        wide: true,
        options: offers.map((size) => [size.join(" × "), size.join(" × ")]),
        value: ({ size }) => size.join(" × "),
        change: (word, state) => turnTo(state.name, word.split(" × ").map(Number), state),
        enabled: ({ name }) => familyOf(name, [2, 2]) !== familyOf(name, [3, 3]),
      },
    ],
  };
}
