// A stage: a canvas with what lies over it (titles, pickers, handles), all in pixels of the screen.
import { h, show } from "./dom.js";
import { handle, name, onArrows, onDrag } from "./hands.js";

// Make a canvas as large as its place, in pixels of the screen; return its pen.
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const size = [width, height].map((v) => Math.round(v * ratio));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

const px = (box) => Object.fromEntries(Object.entries(box).map(([side, v]) => [side, `${v}px`]));

// Make nodes for specs, kept as long as there are as many of them.
function kept(make, parent) {
  let nodes = [];
  return (specs) => {
    if (nodes.length !== specs.length) {
      nodes.forEach((node) => node.remove());
      nodes = specs.map(make);
      parent.append(...nodes);
    }
    return nodes;
  };
}

/**
 * Make a stage from what a figure says of it:
 * - layout(width, state): the places, with the `height` of the stage;
 * - paint(ctx, places, state, made, theme);
 * - titles(places, state): [{text, kind, …css}], perhaps without a kind;
 * - pickers(places, state): buttons that choose a place in a box by pointer or keys,
 *   [{id, label, box: [left, top, width, height], pressed, at(u, v), hover(u, v), arrows(dx, dy, large), key(event)}],
 *   where at, arrows and key give new settings, and hover what the pointer is at: `kept.hovered`
 *   is that until the pointer leaves, or a key points elsewhere;
 * - hands(state, made): [{id, label, text, kind, spot(places, state, made), move(grip, point, event), keys(dx, dy, large, state)}].
 *   `spot` is where the handle stands, null for nowhere; `move` gives new settings from the grip,
 *   {state, places, at}, and where the pointer is now; `keys` gives them for arrow keys;
 * - surface: a hand, too, for a mouse that presses beside the handles; it may decline with holds(places, state, point).
 * Its `update` paints it as wide as it stands in the page, and gives the places.
 */
export function makeStage(spec, tools) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const node = h("div", { class: "stn-stage" }, canvas);
  let places = null;
  const look = () => ({ state: tools.now(), places });
  const at = (event) => {
    const { left, top } = node.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const dragOf = (hand) => makeDrag(hand, look, at, tools);
  const layer = () => {
    const part = h("div");
    part.style.display = "contents";
    node.append(part);
    return part;
  };
  const layers = [titles(layer()), pickers(layer(), tools), handles(layer(), dragOf, tools)];
  if (spec.surface) addSurface(canvas, spec.surface, dragOf, look, at);

  function update(state, made, theme) {
    const width = node.clientWidth;
    places = spec.layout(width, state);
    node.style.height = `${places.height}px`;
    const ctx = fitCanvas(canvas, places.width ?? width, places.height);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    spec.paint(ctx, places, state, made, theme);
    for (const put of layers) put(spec, places, state, made);
    return places;
  }
  return { node, update };
}

const apply = (change, values) => {
  if (values) change(values);
};

// A drag by what hand() is now, from where the pointer took hold: one step for undo.
function makeDrag(hand, look, at, { store, stop }) {
  let grip = null;
  const move = (event) => apply(store.change, hand().move(grip, at(event), event));
  return {
    start(event) {
      stop();
      grip = { ...look(), at: at(event) };
      store.begin();
      if (hand().jumps) move(event);
    },
    move,
    end: store.end,
  };
}

// Each of these three keeps a layer over the canvas, and puts there what the figure says now.
function titles(layer) {
  const make = ({ kind }) => h("p", { class: kind ? `stn-title stn-${kind}` : "stn-title" });
  const nodes = kept(make, layer);
  return (spec, places, state) => {
    const told = spec.titles?.(places, state) ?? [];
    nodes(told).forEach((title, i) => {
      const { text, kind, ...css } = told[i];
      show(title, text);
      Object.assign(title.style, px(css));
    });
  };
}

function handles(layer, dragOf, { store, now, stop, request }) {
  let hands = [];
  const make = (hand, i) => {
    const arrows = (...step) => {
      stop();
      request.catchUp(); // a key goes on from where the last one led
      apply((values) => store.nudge(hand.id, values), hands[i].keys(...step, now()));
    };
    return handle({ ...hand, drag: dragOf(() => hands[i]), arrows });
  };
  const nodes = kept(make, layer);
  return (spec, places, state, made) => {
    hands = spec.hands?.(state, made) ?? [];
    nodes(hands).forEach((node, i) => {
      const spot = hands[i].spot(places, state, made);
      node.hidden = !spot;
      name(node, hands[i].label);
      if (spot)
        node.style.transform = `translate(${spot[0]}px, ${spot[1]}px) translate(-50%, -50%)`;
    });
  };
}

function pickers(layer, { store, request, hover }) {
  let choosers = [];
  const nodes = kept(
    (first, i) => makePicker(first, () => choosers[i], { store, request, hover }),
    layer,
  );
  return (spec, places, state) => {
    choosers = spec.pickers?.(places, state) ?? [];
    nodes(choosers).forEach((picker, i) => {
      const { box, label, pressed } = choosers[i];
      const [left, top, width, height] = box;
      Object.assign(picker.style, px({ left, top, width, height }));
      picker.setAttribute("aria-label", label);
      if (pressed !== undefined) picker.setAttribute("aria-pressed", pressed);
    });
  };
}

// A button over a part of the picture; `look` gives what it is now.
function makePicker({ id, pressed }, look, { store, request, hover }) {
  const share = (event) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const button = h("button", {
    type: "button",
    class: "stn-picker",
    "data-handle": id,
    onclick(event) {
      const placed = event.detail || pressed !== undefined; // a pressed key has no place
      if (placed) apply(store.once, look().at(...share(event)));
    },
    onpointermove(event) {
      if (look().hover) hover(look().hover(...share(event)));
    },
    onpointerleave() {
      if (look().hover) hover(null);
    },
    onkeydown(event) {
      request.catchUp();
      apply((values) => store.nudge(id, values), look().key?.(event));
    },
  });
  if (!id) return button;
  onArrows(button, (...step) => {
    request.catchUp();
    const values = look().arrows(...step);
    if (look().hover) hover(null);
    apply(store.change, values);
  });
  return button;
}

// A mouse may take hold of the picture itself; a finger there scrolls the page.
function addSurface(canvas, surface, dragOf, look, at) {
  const drag = dragOf(() => surface);
  const holds = (event) => {
    const { state, places } = look();
    return surface.holds?.(places, state, at(event)) ?? true;
  };
  canvas.addEventListener("pointermove", (event) => {
    canvas.style.cursor = holds(event) ? (surface.cursor ?? "") : "";
  });
  onDrag(canvas, {
    ...drag,
    start: (event) => (event.pointerType === "mouse" && holds(event) ? drag.start(event) : false),
  });
}
