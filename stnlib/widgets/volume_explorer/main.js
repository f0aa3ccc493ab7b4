// VolumeExplorer: a volume to turn, a box in it, what the box reads, and what is left when that is projected.
import { h } from "../shared/dom.js";
import { noticeChanges } from "../shared/loss_map.js";
import { mountFigure } from "../shared/mount.js";
import { controls } from "./controls.js";
import { hands, surface } from "./hands.js";
import { layout } from "./layout.js";
import { paint } from "./paint.js";
import { derive, readState, volumeReader } from "./state.js";
import { caption } from "./words.js";

const open = () => ({
  readVolume: volumeReader(),
  changed: noticeChanges(),
  canvases: {
    cloud: h("canvas"),
    straight: h("canvas"),
    projected: h("canvas"),
    slices: [0, 1, 2].map(() => h("canvas")),
  },
});

export const render = mountFigure({
  label: "Volume explorer",
  settings: ["theta", "projection", "view"],
  watched: ["volume", "boxes"],
  open,
  readState,
  derive,
  controls,
  caption,
  stages: { stage: { layout, paint, hands, surface } },
  order: ["stage", "caption", "controls"],
});
