// TrainingReplay: a recorded run, or two side by side, to play and to scrub.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { readPictures } from "../shared/picture.js";
import { paintCharts } from "./charts.js";
import { playerPanel, runsPanel } from "./controls.js";
import { hands, pickers, surface } from "./hands.js";
import { layoutCharts, layoutStrip } from "./layout.js";
import { paintStrip } from "./paint.js";
import { legendPanel, picturesPanel } from "./pictures.js";
import { channelsOf, readRuns } from "./runs.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

export const render = mountFigure({
  label: "Training replay",
  settings: ["step", "digit", "left", "right"],
  player: {},
  // Runs and pictures never change, so they are decoded once.
  open: (model) => ({
    ...readRuns(model),
    images: channelsOf(readPictures(model), model.get("images").shape),
    labels: model.get("labels") ?? [],
    scratch: h("canvas"),
  }),
  readState,
  derive,
  caption,
  stages: {
    strip: { layout: layoutStrip, paint: paintStrip, pickers },
    charts: { layout: layoutCharts, paint: paintCharts, hands, surface },
  },
  panels: { player: playerPanel, runs: runsPanel, pictures: picturesPanel, legend: legendPanel },
  order: ["player", "runs", "pictures", "caption", "legend", "strip", "charts"],
});
