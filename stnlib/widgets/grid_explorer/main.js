// GridExplorer: one picture, a sampling grid to drag, and the output that it reads.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { pictureReader } from "../shared/picture.js";
import { readingPanel } from "../shared/reading.js";
import { controls } from "./controls.js";
import { formulaPanel } from "./formula.js";
import { hands, pickers, surface } from "./hands.js";
import { layout, titles } from "./layout.js";
import { paint } from "./paint.js";
import { derive, readState } from "./state.js";
import { caption, reading } from "./words.js";

const GROUPS = ["theta", "read", "sliders", "switches", "direction"];

// Which groups are shown at once, and which behind a button.
function groups(controls) {
  const shown = new Set(controls);
  const others = GROUPS.filter((name) => !shown.has(name));
  return { shown, behind: new Set(shown.has("more") ? others : []) };
}

export const render = mountFigure({
  label: "Grid explorer",
  settings: ["theta", "output_size", "mode", "padding_mode", "align_corners", "direction"],
  watched: ["pixel", "image"],
  escape: { pixel: null },
  open: (model) => ({
    ...groups(model.get("controls")),
    readImage: pictureReader(),
    output: h("canvas"),
    around: h("canvas"),
    hatching: h("canvas"),
  }),
  readState,
  derive,
  controls,
  caption,
  classes: ({ direction }) => ({ "stn-splat": direction === "splat" }),
  stages: { stage: { layout, paint, titles, pickers, hands, surface } },
  panels: { theta: formulaPanel, read: readingPanel(reading) },
  order: ["stage", "caption", "theta", "read", "controls"],
});
