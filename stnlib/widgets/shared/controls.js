// What the hand can set below the pictures: sliders, rows of words, buttons.
import { h } from "./dom.js";

// A native slider with its label and number. set(value, most) shows a value, even one out of range,
// on a slider that ends at `most`.
export function slider({ name, label, min, max, step, format, say, input, done }) {
  const number = h("span", { class: "stn-number" });
  const range = h("input", {
    type: "range",
    min,
    max,
    step,
    "data-slider": name,
    "aria-label": say,
    oninput: () => input(Number(range.value)),
    onchange: done,
  });
  const node = h("label", { class: "stn-slider" }, h("span", {}, label), number, range);
  const set = (value, most = max) => {
    const text = format(value);
    if (number.textContent === text && range.max === String(most)) return;
    range.max = most;
    range.value = value;
    number.textContent = text;
    range.setAttribute("aria-valuetext", text);
  };
  return { node, set };
}

// A row of words of which one is chosen: options are [value, word] pairs.
export function choice({ name, label, options, wide = false, pick }) {
  const group = `stn-${name}-${Math.random().toString(36).slice(2)}`;
  const words = h("div");
  const node = h(
    "div",
    {
      class: `stn-choice${wide ? " stn-wide" : ""}`,
      role: "radiogroup",
      "aria-label": label,
      "data-choice": name,
    },
    h("span", { "aria-hidden": "true" }, label),
    words,
  );
  const radios = options.map(([value, word]) => {
    const radio = h("input", { type: "radio", name: group, onchange: () => pick(value) });
    words.append(h("label", {}, radio, h("span", {}, word)));
    return { value, radio };
  });
  const set = (chosen) => {
    for (const { value, radio } of radios) radio.checked = value === chosen;
  };
  const enable = (wanted) => {
    for (const { radio } of radios) radio.disabled = !wanted;
  };
  return { node, set, enable };
}

const NONE = { sliders: false, choices: false, any: false }; // behind the button "More"

export const button = (word, action) =>
  h(
    "button",
    {
      type: "button",
      class: "stn-button",
      "data-action": word.toLowerCase(),
      onclick: action,
    },
    word,
  );

// The button that shows all that is `stn-behind` it, or hides it again.
function moreButton(root) {
  const node = button("More", () => {
    const open = root.classList.toggle("stn-open");
    node.setAttribute("aria-expanded", open);
  });
  node.setAttribute("aria-expanded", false);
  return node;
}

// The panel of a figure's controls, and its last line: what the hand can do, and the way back.
// Sliders and choices are {name, label, value(state), change(value, state)}: `change` gives the new
// settings. A slider has min, max, step and format too, a choice its options, [value, word] pairs,
// perhaps enabled(state), and `wide` where it wants a row of its own. What is `behind` (sliders,
// choices, or any panel) waits for the button "More". A slider that `plays` lets a
// player go on; `refresh(state)` renews what the buttons say. `arrows` is the panel of arrows.js.
export function controlPanel(
  { sliders = [], choices = [], buttons = [], hint, about, refresh, behind = NONE },
  { store, now, stop, root },
  arrows = null,
) {
  const ranges = sliders.map((spec) => ({
    ...spec,
    ...slider({
      ...spec,
      say: spec.say ?? spec.label,
      done: store.end,
      input(value) {
        if (!spec.plays) stop();
        store.begin();
        store.change(spec.change(value, now()));
      },
    }),
  }));
  const picks = choices.map((spec) => ({
    ...spec,
    ...choice({
      ...spec,
      pick: (value) => store.once(spec.change(value, now())),
    }),
  }));
  const [undo, reset] = [button("Undo", store.undo), button("Reset", store.reset)];
  const more = behind.any ? moreButton(root) : null;
  const foot = h(
    "div",
    { class: "stn-foot" },
    h("p", { class: "stn-note" }, hint),
    h("div", { class: "stn-buttons" }, ...buttons, more, arrows?.opener, undo, reset),
  );
  const node = h(
    "div",
    { class: "stn-controls" },
    ranges.length
      ? h(
          "div",
          {
            class: `stn-sliders${behind.sliders ? " stn-behind" : ""}`,
            role: "group",
            "aria-label": about,
          },
          ...ranges.map((range) => range.node),
        )
      : null,
    picks.length
      ? h(
          "div",
          { class: `stn-choices${behind.choices ? " stn-behind" : ""}` },
          ...picks.map((pick) => pick.node),
        )
      : null,
    foot,
    arrows?.panel,
  );
  function update(state) {
    for (const { set, value } of [...ranges, ...picks]) set(value(state));
    for (const { enable, enabled } of picks) enable(enabled?.(state) ?? true);
    undo.disabled = !store.undoable();
    arrows?.update();
    refresh?.(state);
  }
  return { node, update, text: arrows?.text };
}
