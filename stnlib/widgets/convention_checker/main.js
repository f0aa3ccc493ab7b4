// ConventionChecker: one map given as θ or as a pixel matrix, and read under both conventions.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { pictureReader } from "../shared/picture.js";
import { controls } from "./controls.js";
import { givenPanel } from "./given.js";
import { sidesPanel } from "./sides.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

export const render = mountFigure({
  label: "Convention checker",
  settings: ["given", "numbers", "input_size", "output_size", "pixel"],
  watched: ["image"],
  open: () => ({ readImage: pictureReader(), canvases: [h("canvas"), h("canvas")] }),
  readState,
  derive,
  controls,
  caption,
  panels: { given: givenPanel, sides: sidesPanel },
  order: ["given", "caption", "sides", "controls"],
});
