// PixelLab: a few large pixels and one point to drag: how one read works, and its slopes.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { readingPanel } from "../shared/reading.js";
import { controls } from "./controls.js";
import { hands, pickers } from "./hands.js";
import { layout } from "./layout.js";
import { paint } from "./paint.js";
import { pixelPanel } from "./pixel_panel.js";
import { slopePanel } from "./slope_panel.js";
import { derive, readState } from "./state.js";
import { sumWords } from "./words.js";

export const render = mountFigure({
  label: "Pixel lab",
  settings: ["image", "point", "mode", "padding_mode"],
  watched: ["pixel", "stops", "judged"],
  escape: { pixel: null },
  open: (model) => ({ shown: new Set(model.get("panels")), ground: h("canvas") }),
  readState,
  derive,
  controls,
  caption: () => [], // the panels say it all
  stages: { stage: { layout, paint, pickers, hands } },
  panels: { sum: readingPanel(sumWords, "weighed"), slopes: slopePanel, pixel: pixelPanel },
  order: ["stage", "sum", "slopes", "pixel", "controls"],
});
