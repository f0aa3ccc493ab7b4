// DrawDigit: a drawing, the grid that a trained transformer puts on it, and what two networks read.
import { h } from "../shared/dom.js";
import { noticeChanges, workInFrames } from "../shared/loss_map.js";
import { mountFigure } from "../shared/mount.js";
import { decodeLayer } from "../shared/net.js";
import { makeStage } from "../shared/stage.js";
import { controls } from "./controls.js";
import { addPen, hands } from "./hands.js";
import { layoutAround, layoutStage } from "./layout.js";
import { paintAround, paintStage } from "./paint.js";
import { derive, readState } from "./state.js";
import { caption } from "./words.js";

function open(model, request) {
  const work = workInFrames(request);
  const networks = Object.fromEntries(
    Object.entries(model.get("networks")).map(([name, layers]) => [name, layers.map(decodeLayer)]),
  );
  return {
    networks,
    examples: model.get("examples"),
    work,
    stop: work.stop,
    changed: noticeChanges(),
    drawn: h("canvas"),
    read: h("canvas"),
  };
}

// The stage with a pen on its canvas.
function drawing(tools) {
  const stage = makeStage({ layout: layoutStage, paint: paintStage, hands }, tools);
  let places = null;
  addPen(stage.node.querySelector("canvas"), () => places, tools);
  return { ...stage, update: (...given) => (places = stage.update(...given)) };
}

// The answers for all angles, where they are asked for.
function around(tools) {
  const stage = makeStage({ layout: layoutAround, paint: paintAround }, tools);
  function update(state, made, theme) {
    stage.node.hidden = !state.around;
    if (state.around) stage.update(state, made, theme);
  }
  return { node: stage.node, update };
}

export const render = mountFigure({
  label: "Draw a digit",
  settings: ["strokes", "angle", "size", "shift", "around"],
  open,
  readState,
  derive,
  controls,
  slid: true,
  caption,
  panels: { drawing, turned: around },
  order: ["drawing", "caption", "turned", "controls"],
});
