// A second way to move all that the arrow keys move, behind a button: a screen reader keeps those
// keys for itself, and not every hand can drag. It offers what there is to move, and four buttons
// that press the keys of the one chosen.
import { button } from "./controls.js";
import { h, show } from "./dom.js";

const KEYS = [
  ["\u2190", "Left"],
  ["\u2192", "Right"],
  ["\u2191", "Up"],
  ["\u2193", "Down"],
];

// What can be moved, in the order in which it is offered.
const KINDS = [".stn-handle:not([hidden])", "[data-entry]", ".stn-picker[data-handle]"];

// What a label says before its colon: the name without how to move it.
const nameOf = (node) => node.getAttribute("aria-label").split(":")[0];

// The button and the panel that it opens; `text` is what is moved now, while the panel is open.
export function arrowPanel(root) {
  let movable = [];
  const chooser = h("select", { "aria-label": "What the arrows move" });
  const press = (key) =>
    movable[chooser.selectedIndex].dispatchEvent(new KeyboardEvent("keydown", { key }));
  const keys = KEYS.map(([sign, word]) => {
    const node = button(sign, () => press(`Arrow${word}`));
    node.dataset.action = node.ariaLabel = word.toLowerCase();
    return node;
  });
  const panel = h(
    "div",
    { class: "stn-arrows", role: "group", "aria-label": "Arrows", hidden: true },
    chooser,
    ...keys,
  );
  const opener = button("Arrows", () => {
    panel.hidden = !panel.hidden;
    update();
  });
  function update() {
    opener.setAttribute("aria-expanded", !panel.hidden);
    if (panel.hidden) return;
    movable = KINDS.flatMap((kind) => [...root.querySelectorAll(kind)]);
    const chosen = Math.max(chooser.selectedIndex, 0);
    if (chooser.options.length !== movable.length) {
      chooser.replaceChildren(...movable.map(() => h("option")));
      chooser.selectedIndex = Math.min(chosen, movable.length - 1);
    }
    movable.forEach((node, i) => {
      show(chooser.options[i], nameOf(node));
    });
  }
  const text = () => (panel.hidden ? "" : nameOf(movable[chooser.selectedIndex]));
  return { opener, panel, update, text };
}
