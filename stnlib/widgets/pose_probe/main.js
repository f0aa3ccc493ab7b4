// PoseProbe: a hand on the pose of a grid, a trained classifier behind it, the map of its loss.
import { h } from "../shared/dom.js";
import { noticeChanges, workInFrames } from "../shared/loss_map.js";
import { mountFigure } from "../shared/mount.js";
import { decodeLayer } from "../shared/net.js";
import { readPictures } from "../shared/picture.js";
import { controls } from "./controls.js";
import { hands } from "./hands.js";
import { layout } from "./layout.js";
import { paint } from "./paint.js";
import { derive, offsetOf, readState } from "./state.js";
import { caption } from "./words.js";

// The pictures with their labels and poses; the chosen pose as an offset from the true one.
function digits(model) {
  const [aligned, chosen, labels] = ["aligned", "chosen", "labels"].map((name) => model.get(name));
  return readPictures(model).map((image, i) => ({
    image,
    label: labels[i],
    aligned: aligned[i],
    chosen: offsetOf(chosen[i], aligned[i], image.width),
  }));
}

const networks = (model) =>
  new Map(model.get("networks").map(({ name, layers }) => [name, layers.map(decodeLayer)]));

function open(model, request) {
  const work = workInFrames(request);
  return {
    digits: digits(model),
    networks: networks(model),
    size: model.get("output_size"),
    changed: noticeChanges(),
    work,
    stop: work.stop,
    map: h("canvas"),
    read: h("canvas"),
  };
}

export const render = mountFigure({
  label: "Pose probe",
  settings: ["picture", "network", "offset"],
  open,
  readState,
  derive,
  controls,
  slid: true,
  caption,
  stages: { stage: { layout, paint, hands } },
  order: ["stage", "caption", "controls"],
});
