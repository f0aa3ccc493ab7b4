// What follows from the settings of the landscape: the blurred picture, the walk, the map and the
// basin. The walk is ready at once; map and basin are worked on a little in every frame.
import { drawMap } from "../shared/loss_map.js";
import { pixels } from "../shared/pen.js";
import { affineGrid, sample } from "../shared/warp.js";
import { basinWork, SIDE } from "./basin.js";
import { blurPicture, lossesAt, offBy, prepare, startPath, walkOn } from "./walk.js";

/** The map, in degrees and pixels; its colours in units of the picture's variance. */
export const MAP = {
  reach: /** @type {Point} */ ([120, 12]),
  coarse: 17,
  fine: 33,
  most: 2,
  every: 0.2,
};
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

export function readState(model, { readImage, steps }) {
  const image = readImage(model);
  return {
    image,
    side: image.width,
    steps,
    start: model.get("start"),
    blur: model.get("blur"),
    rate: model.get("rate"),
    count: model.get("numbers"),
    step: model.get("step"),
    basin: model.get("basin"),
  };
}

// Work out afresh what depends on a setting that has changed.
function renew({ image, blur, count, start, rate, steps, basin }, kept) {
  const { changed, work } = kept;
  if (changed("picture", image, blur)) {
    const known = prepare(blurPicture(image, blur));
    kept.known = known;
    pixels(known.data, image.height, image.width, kept.target);
    drawMap(kept.map, (places) => lossesAt(known, places), MAP, work);
  }
  if (changed("path", image, blur, count, rate, ...start)) {
    kept.path = startPath(kept.known, count, start);
  }
  if (changed("basin", image, blur, count, rate, basin)) {
    kept.basin = { dots: [], all: basin ? SIDE ** 2 : 0 };
    work.drop("basin");
    if (basin) {
      const walk = { count, rate, steps: steps.length - 1, reach: MAP.reach };
      work.start("basin", basinWork(kept.known, walk, kept.basin.dots));
    }
  }
}

export function derive(state, kept) {
  renew(state, kept);
  const { known, path, basin, map, target } = kept;
  walkOn(known, path, state.rate, state.step);
  const [here, size] = [path[state.step], [state.side, state.side]];
  const grid = affineGrid(here.theta, size, false);
  const output = pixels(sample(known, grid, READING), state.side, state.side, kept.output);
  const off = offBy(here.theta, state.side);
  return { path, basin, map, target, here, size, grid, output, off, busy: kept.work.busy() };
}
