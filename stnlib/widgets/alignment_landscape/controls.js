// The controls of the landscape: how far the walk has come, how it walks, and Run.
import { button } from "../shared/controls.js";
import { show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";

export function controls({ player, kept }) {
  const run = button("Run", player.press);
  const range = (name, label, min, max, step, format) => ({
    name,
    label,
    min,
    max,
    step,
    format,
    plays: name !== "step",
    value: (state) => state[name],
    change: (value) => ({ [name]: value }),
  });
  return {
    hint:
      "Drag the start anywhere on the map, or use the arrow keys, then press Run. " +
      "The cross is the true place.",
    sliders: [
      range("step", "step", 0, kept.steps.length - 1, 1, (v) => fixed(v, 0)),
      range("blur", "blur of the picture", 0, 4, 0.25, (v) => `${fixed(v)} px`),
      range("rate", "rate", 0.005, 0.1, 0.005, (v) => fixed(v, 3)),
    ],
    choices: [
      {
        name: "numbers",
        label: "free numbers",
        options: [
          [2, "2"],
          [3, "3"],
          [6, "6"],
        ],
        value: ({ count }) => count,
        change: (numbers) => ({ numbers }),
      },
      {
        name: "basin",
        label: "all starts",
        options: [
          [false, "hide"],
          [true, "show which succeed"],
        ],
        value: ({ basin }) => basin,
        change: (basin) => ({ basin }),
      },
    ],
    buttons: [run],
    refresh: () => show(run, player.word()),
  };
}
