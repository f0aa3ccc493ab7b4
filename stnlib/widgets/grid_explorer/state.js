// What follows from the settings of the grid explorer: the grid, both pictures, one reading.
import { keepIndex } from "../shared/numbers.js";
import { pixels } from "../shared/pen.js";
import {
  affineGrid,
  normalisedFromPixel,
  padCoordinate,
  readPoint,
  roundEven,
  sample,
  settle,
  splat,
  throwPoint,
  weightsAmong,
} from "../shared/warp.js";
import { WIDE } from "./layout.js";

// The settings under the names of the maths; the pixel that is pointed at, or kept, is inside.
export function readState(model, { readImage, hovered }) {
  const image = readImage(model);
  const size = model.get("output_size");
  const direction = model.get("direction");
  const [rows, columns] = direction === "gather" ? size : [image.height, image.width];
  const pixel = hovered ?? model.get("pixel");
  return {
    image,
    size,
    direction,
    rows,
    columns,
    theta: model.get("theta"),
    mode: model.get("mode"),
    padding: model.get("padding_mode"),
    alignCorners: model.get("align_corners"),
    pixel: pixel && [keepIndex(pixel[0], rows), keepIndex(pixel[1], columns)],
  };
}

// What reading would give around the picture: the padding, made visible.
function surroundings({ image, padding, alignCorners }, canvas) {
  const longest = Math.max(image.height, image.width);
  const around = (n) => Math.ceil((WIDE * longest - n) / 2) + 1;
  const [rows, columns] = [around(image.height), around(image.width)];
  const [height, width] = [image.height + 2 * rows, image.width + 2 * columns];
  const data = new Float32Array(height * width);
  for (let r = 0; r < height; r++) {
    const row = roundEven(padCoordinate(r - rows, image.height, padding, alignCorners));
    for (let c = 0; c < width; c++) {
      const column = roundEven(padCoordinate(c - columns, image.width, padding, alignCorners));
      const inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
      data[r * width + c] = inside ? image.data[row * image.width + column] : 0;
    }
  }
  return { canvas: pixels(data, height, width, canvas), rows, columns };
}

// The same, worked out again only when the picture or what lies outside has changed.
function keptSurroundings(state, kept) {
  const now = [state.image, state.padding, state.alignCorners];
  if (!kept.outside || now.some((value, i) => value !== kept.outside.of[i])) {
    kept.outside = { ...surroundings(state, kept.around), of: now };
  }
  return kept.outside;
}

// The output picture; when splatting, also its holes, and how many pixels got nothing or too much.
function makeOutput(state, grid) {
  if (state.direction === "gather") return { output: sample(state.image, grid, state) };
  const thrown = splat(state.image, grid, state.size, state);
  const { average, ...counts } = settle(thrown);
  return { output: average, counts, holes: thrown.weight.map((weight) => (weight === 0 ? 1 : 0)) };
}

// The reading of the pixel that is pointed at: where the matrix sends it, and the pixels that take part.
function readPixel(state, grid) {
  const { image, size, direction, rows, columns, alignCorners } = state;
  const [row, column] = state.pixel;
  const k = 2 * (row * columns + column);
  /** @type {Point} */
  const point = [grid[k], grid[k + 1]];
  const detail =
    direction === "gather" ? readPoint(image, point, state) : throwPoint(point, size, state);
  const at = (index, n) => normalisedFromPixel(index, n, alignCorners);
  return { ...detail, point, source: [at(column, columns), at(row, rows)] };
}

// The four pixels round the point, with the weight that each has in the present mode.
function closeUp({ image, size, direction, mode, padding, alignCorners }, detail, output) {
  const gather = direction === "gather";
  const picture = gather ? image : { data: output, height: size[0], width: size[1] };
  const { cells, column, row } = readPoint(picture, detail.point, {
    mode: "bilinear",
    padding: gather ? padding : "zeros",
    alignCorners,
  });
  const weights = weightsAmong(cells, detail.cells);
  return { cells, column, row, weights, mode, side: gather ? "input" : "output" };
}

export function derive(state, kept) {
  const { image, rows, columns, size } = state;
  const grid = affineGrid(state.theta, [rows, columns], state.alignCorners);
  const made = makeOutput(state, grid);
  const detail = state.pixel ? readPixel(state, grid) : null;
  return {
    ...made,
    grid,
    detail,
    close: detail && closeUp(state, detail, made.output),
    inputCanvas: image.canvas,
    outputCanvas: pixels(made.output, size[0], size[1], kept.output),
    around: keptSurroundings(state, kept),
    hatching: kept.hatching,
  };
}
