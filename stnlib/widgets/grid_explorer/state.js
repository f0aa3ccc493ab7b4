// What follows from the settings of the grid explorer: the grid, both pictures, one reading.
import {
  affineGrid, normalisedFromPixel, readPoint, sample, settle, splat, throwPoint,
} from "../shared/warp.js";
import { pixels } from "../shared/view.js";
import { surroundings } from "./scene.js";

// The settings under the names that the maths uses, and the pixel that is pointed at, kept inside.
export function readState(model, image, hovered) {
  const size = model.get("output_size");
  const direction = model.get("direction");
  const [rows, columns] = direction === "gather" ? size : [image.height, image.width];
  const pixel = hovered ?? model.get("pixel");
  return {
    image, size, direction, rows, columns, theta: model.get("theta"), mode: model.get("mode"),
    padding: model.get("padding_mode"), alignCorners: model.get("align_corners"),
    pixel: pixel && [Math.min(pixel[0], rows - 1), Math.min(pixel[1], columns - 1)],
  };
}

// Everything that follows from the settings: the grid, both pictures, the reading of one pixel.
export function derive(state, cache) {
  const { image, size, direction, padding, alignCorners } = state;
  const gather = direction === "gather";
  const grid = affineGrid(state.theta, gather ? size : [image.height, image.width], alignCorners);
  const key = `${padding} ${alignCorners}`;
  if (!cache.around || cache.key !== key) {
    Object.assign(cache, { key, around: surroundings(image, padding, alignCorners) });
  }
  const made = { grid, inputCanvas: image.canvas, around: cache.around };
  if (gather) made.output = sample(image, grid, state);
  else {
    const thrown = splat(image, grid, size, state);
    const { average, ...counts } = settle(thrown);
    const holes = thrown.weight.map((weight) => (weight === 0 ? 1 : 0));
    Object.assign(made, { output: average, counts, holes, scratch: cache.scratch });
  }
  made.outputCanvas = pixels(made.output, ...size, cache.canvas);
  if (state.pixel) {
    const columns = gather ? size[1] : image.width;
    const k = 2 * (state.pixel[0] * columns + state.pixel[1]);
    const point = [grid[k], grid[k + 1]];
    made.detail = gather ? readPoint(image, point, state) : throwPoint(point, size, state);
    made.detail.point = point;
    made.detail.source = [
      normalisedFromPixel(state.pixel[1], state.columns, state.alignCorners),
      normalisedFromPixel(state.pixel[0], state.rows, state.alignCorners),
    ];
  }
  return made;
}
