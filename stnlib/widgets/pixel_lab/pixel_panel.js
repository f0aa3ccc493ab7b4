// The panel of the chosen pixel: what it has to say in V, and a slider for its value.
import { slider } from "../shared/controls.js";
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { withValue } from "./state.js";
import { pixelWords } from "./words.js";

export function pixelPanel({ store, now }) {
  const words = h("p");
  const { node: range, set } = slider({
    name: "value",
    label: "value of the pixel",
    min: 0,
    max: 1,
    step: 0.05,
    format: fixed,
    say: "value of the chosen pixel",
    done: store.end,
    input(value) {
      const { rows, pixel } = now();
      store.begin();
      store.change({ image: withValue(rows, pixel, value) });
    },
  });
  const node = h("div", { class: "stn-pixel" }, words, range);
  function update(state, made) {
    show(words, pixelWords(state, made));
    range.hidden = !state.pixel;
    if (state.pixel) set(state.image.data[state.pixel[0] * state.image.width + state.pixel[1]]);
  }
  return { node, update, text: () => words.textContent };
}
