// AlignmentLandscape: the loss as a map; the hand drops a start on it, and descent on theta walks.
import { h } from "../shared/dom.js";
import { noticeChanges, workInFrames } from "../shared/loss_map.js";
import { mountFigure } from "../shared/mount.js";
import { pictureReader } from "../shared/picture.js";
import { controls } from "./controls.js";
import { hands } from "./hands.js";
import { layout } from "./layout.js";
import { paint } from "./paint.js";
import { derive, readState } from "./state.js";
import { stepTable } from "./step_table.js";
import { caption } from "./words.js";

function open(model, request) {
  const work = workInFrames(request);
  return {
    readImage: pictureReader(),
    steps: Array.from({ length: model.get("steps") + 1 }, (_, i) => i),
    changed: noticeChanges(),
    work,
    stop: work.stop,
    map: h("canvas"),
    target: h("canvas"),
    output: h("canvas"),
  };
}

export const render = mountFigure({
  label: "Alignment landscape",
  settings: ["start", "blur", "rate", "numbers", "step", "basin"],
  watched: ["image"],
  open,
  readState,
  derive,
  controls,
  caption,
  stages: { stage: { layout, paint, hands } },
  panels: { step: stepTable },
  player: { whole: 5000, verb: "Run" },
  order: ["stage", "caption", "step", "controls"],
});
