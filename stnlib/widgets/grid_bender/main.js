// GridBender: one picture and the grid of any family; the hand drags the points a map is made of.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { pictureReader } from "../shared/picture.js";
import { controls } from "./controls.js";
import { hands } from "./hands.js";
import { layout, titles } from "./layout.js";
import { paint } from "./paint.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

export const render = mountFigure({
  label: "Grid bender",
  settings: ["family", "control_grid", "theta"],
  watched: ["image"],
  open: () => ({ readImage: pictureReader(), output: h("canvas") }),
  readState,
  derive,
  controls,
  caption,
  stages: { stage: { layout, paint, titles, hands } },
  order: ["stage", "caption", "controls"],
});
