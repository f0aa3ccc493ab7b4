// TrainingBench: a spatial transformer that learns in the page, from the reader's press on Play.
import { h } from "../shared/dom.js";
import { mountFigure } from "../shared/mount.js";
import { makeStage } from "../shared/stage.js";
import { controls, playerPanel, presetPanel, thetaPanel } from "./controls.js";
import { handsOf, pickers } from "./hands.js";
import { layoutCharts, layoutLarge, layoutStrip } from "./layout.js";
import { paintCharts, paintLarge, paintStrip } from "./paint.js";
import { makeSession, RUN } from "./session.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

function open(model, request) {
  const session = makeSession(model, request);
  return { session, scratch: h("canvas"), behind: new Set(["theta"]), stop: session.stop };
}

const large = (tools) => {
  const { session } = tools.kept;
  tools.root.addEventListener("pointerup", session.release);
  tools.root.addEventListener("pointercancel", session.release);
  return { layout: layoutLarge, paint: paintLarge, hands: handsOf(session) };
};

export const render = mountFigure({
  label: "Training bench",
  settings: [...RUN, "localisation_rate", "digit", "held"],
  open,
  readState,
  derive,
  controls,
  caption,
  stages: {
    strip: { layout: layoutStrip, paint: paintStrip, pickers },
    charts: { layout: layoutCharts, paint: paintCharts },
  },
  panels: {
    player: playerPanel,
    large: (tools) => makeStage(large(tools), tools),
    theta: thetaPanel,
    presets: presetPanel,
  },
  order: ["player", "large", "caption", "strip", "charts", "theta", "presets", "controls"],
});
