// What a hand does: drag, press arrow keys. A handle is a round button that answers to both.
import { h } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Call step(dx, dy, large) for the arrow keys; Shift makes the step large.
export function onArrows(node, step) {
  node.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(...arrow, event.shiftKey);
  });
}

// Follow a pointer from press to release: start(event) may return false to decline.
export function onDrag(node, { start, move, end }) {
  let active = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || active !== null || start(event) === false) return;
    active = event.pointerId;
    node.setPointerCapture(active);
  });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId === active) move(event);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    node.addEventListener(name, (event) => {
      if (event.pointerId !== active) return;
      active = null;
      end(event);
    });
  }
}

// The name of a handle, for a pointer too; it may tell where the handle stands.
export function name(node, label) {
  if (node.title === label) return;
  node.title = label;
  node.setAttribute("aria-label", label);
}

// A draggable round button. Name it with `id`; it is what the hand and the arrow keys move. A `kind`
// has a style of its own.
export function handle({ id, text = "", kind = "", drag, arrows }) {
  const node = h(
    "button",
    {
      type: "button",
      class: kind ? `stn-handle stn-${kind}` : "stn-handle",
      "data-handle": id,
    },
    h("span", { "aria-hidden": "true" }, text),
  );
  onDrag(node, drag);
  onArrows(node, arrows);
  return node;
}
