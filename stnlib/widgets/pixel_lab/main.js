// PixelLab: joins the state, the hand, the pixels with their curves, and the panels.
import { h, handle, onArrows } from "../shared/view.js";
import { fitCanvas, mountFigure, placeAt } from "../shared/figure.js";
import { deriveLab, readLab, REACH, sourceOf, valueOf } from "./state.js";
import { fromStage, layoutLab, paintLab, toStage } from "./scene.js";
import { pixelPanel, slopePanel, sumPanel, switchPanel, withValue } from "./panels.js";
import { shares } from "../shared/warp.js";

const SETTINGS = ["image", "point", "mode", "padding_mode"];
const SNAP = 5; // pixels of the screen

// Keep a point on the stage, at two digits; a dragged one stops where a kink is near.
function keepPoint([x, y], { width, height }, cell = 0) {
  const keep = (value, n) => Math.min(Math.max(value, -REACH), n - 1 + REACH);
  const snap = (value) => (Math.abs(value - Math.round(value)) * cell < SNAP ? Math.round(value) : value);
  return [keep(x, width), keep(y, height)].map((v) => Number((cell ? snap(v) : v).toFixed(2)) + 0);
}

// The four pixels round the point and their weights, also in the mode that takes only one.
function closeUp(state, made) {
  const [x, y] = state.point;
  const cells = shares(x, y, "bilinear").map(([row, column]) => {
    const source = sourceOf(state, row, column);
    return { row, column, inside: source !== null, value: valueOf(state, source) };
  });
  const weights = cells.map((cell) => made.cells
    .find((taken) => taken.row === cell.row && taken.column === cell.column)?.weight ?? 0);
  return { cells, weights, column: x, row: y, mode: state.mode };
}

function pointHandle(stage, store, now, places) {
  const place = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return fromStage(places(), [event.clientX - left, event.clientY - top]);
  };
  let offset = [0, 0];
  const label = "The point: drag it, or use the arrow keys.";
  const node = handle({
    id: "point", label, text: "",
    drag: {
      start(event) {
        const [point, at] = [now().point, place(event)];
        offset = [point[0] - at[0], point[1] - at[1]];
        store.begin();
      },
      move(event) {
        const [x, y] = place(event);
        store.change({ point: keepPoint([x + offset[0], y + offset[1]], now().image, places().cell) });
      },
      end: store.end,
    },
    arrows(dx, dy, large) {
      const { image, point: [x, y] } = now();
      const step = large ? 0.5 : 0.1;
      store.nudge("point", { point: keepPoint([x + dx * step, y + dy * step], image) });
    },
  });
  node.classList.add("stn-point");
  return node;
}

function pixelPicker(store, model, now) {
  const choose = (row, column) => {
    const { height, width } = now().image;
    const keep = (i, n) => Math.min(Math.max(i, 0), n - 1);
    store.change({ pixel: [keep(row, height), keep(column, width)] });
  };
  const node = h("button", {
    type: "button", class: "stn-picker", "data-handle": "pixel",
    "aria-label": "Pixels: choose one with the arrow keys or a click, change it with + and \u2212",
    onclick(event) {
      if (!event.detail) return; // the Enter key, which has no place
      const { left, top, width, height } = node.getBoundingClientRect();
      const { image } = now();
      choose(Math.floor(((event.clientY - top) / height) * image.height),
        Math.floor(((event.clientX - left) / width) * image.width));
    },
    onkeydown(event) {
      const { pixel, image } = now();
      const sign = { "+": 1, "=": 1, "-": -1 }[event.key];
      if (!pixel || !sign || event.ctrlKey || event.metaKey) return;
      const value = image.data[pixel[0] * image.width + pixel[1]] + 0.1 * sign;
      store.nudge("pixel", {
        image: withValue(model.get("image"), ...pixel, Math.min(Math.max(value, 0), 1)),
      });
    },
  });
  onArrows(node, (dx, dy) => {
    const [row, column] = now().pixel ?? [0, 0];
    choose(row + dy, column + dx);
  });
  return node;
}

function build({ model, store }) {
  const [canvas, ground] = [h("canvas", { "aria-hidden": "true" }), h("canvas")];
  let places = null;
  const now = () => readLab(model);
  const shown = new Set(model.get("panels"));
  const stage = h("div", { class: "stn-stage" }, canvas);
  const picker = shown.has("pixel") ? pixelPicker(store, model, now) : null;
  const point = pointHandle(stage, store, now, () => places);
  stage.append(...[picker, point].filter(Boolean));
  const panels = [sumPanel(shown), slopePanel(shown, store, model, now),
    pixelPanel(shown, store, model, now), switchPanel(shown, store)];

  function paint(width, theme) {
    const state = now();
    const made = deriveLab(state);
    made.close = closeUp(state, made);
    places = layoutLab(width, state);
    stage.style.height = `${places.height}px`;
    const ctx = fitCanvas(canvas, width, places.height);
    paintLab(ctx, places, state, made, theme, shown.has("slopes"), ground);
    placeAt(point, toStage(places, state.point));
    if (picker) {
      const [left, top] = toStage(places, [-0.5, -0.5]).map((v) => `${v}px`);
      const [w, hgt] = [places.columns, places.rows].map((n) => `${n * places.cell}px`);
      Object.assign(picker.style, { left, top, width: w, height: hgt });
    }
    for (const panel of panels) panel.update(state, made, theme);
    return panels.map((panel) => panel.text()).join(" ");
  }

  return {
    stage, paint,
    nodes: [stage, ...panels.map((panel) => panel.node).filter(Boolean)],
    escape: () => store.change({ pixel: null }),
  };
}

export const render = (page) =>
  mountFigure(page, { label: "Pixel lab", settings: SETTINGS, watched: ["pixel", "stops", "judged"], build });
