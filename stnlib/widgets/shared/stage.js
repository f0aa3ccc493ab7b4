// A stage: a canvas with what lies over it (titles, pickers, handles), all in pixels of the screen.
import { h, show } from "./dom.js";
import { handle, onArrows, onDrag } from "./hands.js";

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
export function makeStage(spec, { store, now, stop, request, hover }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const node = h("div", { class: "stn-stage" }, canvas);
  const [overlay, pickers, titles] = [h("div"), h("div"), h("div")];
  for (const layer of [titles, pickers, overlay]) layer.style.display = "contents";
  node.append(titles, pickers, overlay);
  let places = null;
  const at = (event) => {
    const { left, top } = node.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const change = (apply, values) => {
    if (values) apply(values);
  };
  const dragOf = (hand) => {
    let grip = null;
    return {
      start(event) {
        stop();
        grip = { state: now(), places, at: at(event) };
        store.begin();
        if (hand().jumps) change(store.change, hand().move(grip, grip.at, event));
      },
      move: (event) => change(store.change, hand().move(grip, at(event), event)),
      end: store.end,
    };
  };
  let hands = [];
  const handNodes = kept(
    (spec, i) =>
      handle({
        ...spec,
        drag: dragOf(() => hands[i]),
        arrows(...step) {
          stop();
          request.catchUp(); // a key goes on from where the last one led
          change((values) => store.nudge(hands[i].id, values), hands[i].keys(...step, now()));
        },
      }),
    overlay,
  );
  let choosers = [];
  const pickerNodes = kept(({ id, pressed }, i) => {
    const share = (event) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return [(event.clientX - left) / width, (event.clientY - top) / height];
    };
    const button = h("button", {
      type: "button",
      class: "stn-picker",
      "data-handle": id,
      onclick(event) {
        // a pressed key has no place
        if (event.detail || pressed !== undefined)
          change(store.once, choosers[i].at(...share(event)));
      },
      onpointermove: (event) => {
        if (choosers[i].hover) hover(choosers[i].hover(...share(event)));
      },
      onpointerleave: () => {
        if (choosers[i].hover) hover(null);
      },
      onkeydown(event) {
        request.catchUp();
        change((values) => store.nudge(id, values), choosers[i].key?.(event));
      },
    });
    if (id)
      onArrows(button, (...step) => {
        request.catchUp();
        const values = choosers[i].arrows(...step);
        if (choosers[i].hover) hover(null);
        change(store.change, values);
      });
    return button;
  }, pickers);
  const titleNodes = kept(
    ({ kind }) => h("p", { class: kind ? `stn-title stn-${kind}` : "stn-title" }),
    titles,
  );
  if (spec.surface)
    addSurface(
      canvas,
      spec.surface,
      dragOf(() => spec.surface),
      () => [places, now()],
      at,
    );

  function update(state, made, theme) {
    const width = node.clientWidth;
    places = spec.layout(width, state);
    node.style.height = `${places.height}px`;
    const ctx = fitCanvas(canvas, places.width ?? width, places.height);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    spec.paint(ctx, places, state, made, theme);
    const named = spec.titles?.(places, state) ?? [];
    titleNodes(named).forEach((title, i) => {
      const { text, kind, ...css } = named[i];
      show(title, text);
      Object.assign(title.style, px(css));
    });
    choosers = spec.pickers?.(places, state) ?? [];
    pickerNodes(choosers).forEach((picker, i) => {
      const {
        box: [left, top, w, height],
        label,
        pressed,
      } = choosers[i];
      Object.assign(picker.style, px({ left, top, width: w, height }));
      picker.setAttribute("aria-label", label);
      if (pressed !== undefined) picker.setAttribute("aria-pressed", pressed);
    });
    hands = spec.hands?.(state, made) ?? [];
    handNodes(hands).forEach((hand, i) => {
      const spot = hands[i].spot(places, state, made);
      hand.hidden = !spot;
      if (spot)
        hand.style.transform = `translate(${spot[0]}px, ${spot[1]}px) translate(-50%, -50%)`;
    });
    return places;
  }
  return { node, update };
}

// A mouse may take hold of the picture itself; a finger there scrolls the page.
function addSurface(canvas, surface, drag, look, at) {
  const holds = (event) => surface.holds?.(...look(), at(event)) ?? true;
  canvas.addEventListener("pointermove", (event) => {
    canvas.style.cursor = holds(event) ? (surface.cursor ?? "") : "";
  });
  onDrag(canvas, {
    ...drag,
    start: (event) => (event.pointerType === "mouse" && holds(event) ? drag.start(event) : false),
  });
}
