// What follows from what was given to the convention checker: θ and both pixel matrices under
// either convention, the way of one pixel, and what is read. No DOM.
import { clamp, keepIndex } from "../shared/numbers.js";
import {
  affineGrid,
  IDENTITY,
  mapPoint,
  normalisedFromPixel,
  pixelFromNormalised,
  sample,
} from "../shared/warp.js";
import { pixelFromTheta, thetaFromPixel, turnInPixels } from "./pixel_matrix.js";

const LARGEST = 64; // the output is drawn with at most so many pixels a side
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

export function readState(model, { readImage }) {
  const output = model.get("output_size");
  return {
    image: readImage(model),
    given: model.get("given"),
    numbers: model.get("numbers"),
    input: model.get("input_size"),
    output,
    pixel: model.get("pixel").map((index, i) => keepIndex(index, output[i])),
  };
}

// All forms of the given map under one convention; null where a flattened map has no way back.
/** @type {(given: {given: string, numbers: Theta, input: Size, output: Size}, alignCorners: boolean) => {theta: Theta, skimage: Theta, opencv: Theta}} */
export function formsOf({ given, numbers, input, output }, alignCorners) {
  const theta =
    given === "theta" ? numbers : thetaFromPixel(numbers, input, output, given, alignCorners);
  const form = (convention) =>
    given === convention
      ? numbers
      : theta && pixelFromTheta(theta, input, output, convention, alignCorners);
  return { theta, skimage: form("skimage"), opencv: form("opencv") };
}

// The angle in degrees at which one step right and one step down of the output meet in the input.
/** @param {Theta} map */
export function stepAngle([a, b, , c, d]) {
  const lengths = Math.hypot(a, c) * Math.hypot(b, d);
  const cosine = lengths ? (a * b + c * d) / lengths : 0;
  return (Math.acos(clamp(cosine, -1, 1)) * 180) / Math.PI;
}

// The way of the marked output pixel: to normalised points, through θ, to a place in the input.
export function wayOf(theta, { input, output, pixel: [row, column] }, alignCorners) {
  /** @type {Point} */
  const target = [
    normalisedFromPixel(column, output[1], alignCorners),
    normalisedFromPixel(row, output[0], alignCorners),
  ];
  const source = mapPoint(theta, target);
  const place = source.map((value, i) => pixelFromNormalised(value, input[1 - i], alignCorners));
  return { target, source, place };
}

// What the output shows: its pixels lie where they lie, so one convention serves to draw both.
export function readOutput({ image, input, output }, { skimage }) {
  const size = output.map((n) => Math.min(n, LARGEST));
  const edges = thetaFromPixel(skimage, input, output, "skimage", false);
  return { size, data: sample(image, affineGrid(edges, size, false), READING) };
}

export function derive(state, { canvases = [] } = {}) {
  const sides = [false, true].map((alignCorners, i) => {
    const forms = formsOf(state, alignCorners);
    if (!forms.theta) return { alignCorners, forms };
    return {
      alignCorners,
      forms,
      angle: stepAngle(forms.skimage),
      way: wayOf(forms.theta, state, alignCorners),
      output: readOutput(state, forms),
      canvas: canvases[i], // where the output is drawn
    };
  });
  return { sides, apart: sides[0].way ? largestGap(state, sides) : 0 };
}

// How far apart in input pixels the two conventions read, at the output's corners.
function largestGap({ output: [rows, columns] }, sides) {
  /** @type {Point[]} */
  const corners = [
    [0, 0],
    [columns - 1, 0],
    [0, rows - 1],
    [columns - 1, rows - 1],
  ];
  const gaps = corners.map((corner) => {
    const [one, two] = sides.map(({ forms }) => mapPoint(forms.skimage, corner));
    return Math.hypot(one[0] - two[0], one[1] - two[1]);
  });
  return Math.max(...gaps);
}

// A new size, and the marked pixel kept inside the output.
export function resized({ input, output, pixel }, key, i, value) {
  const size = [...(key === "input_size" ? input : output)];
  size[i] = value;
  const kept =
    key === "output_size" ? { pixel: pixel.map((index, k) => keepIndex(index, size[k])) } : {};
  return { [key]: size, ...kept };
}

// Maps to try: what is given, and its six numbers.
export function examples({ input, output }) {
  const angle = Math.PI / 6;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    identity: { given: "theta", numbers: [...IDENTITY] },
    "turn 30° in θ": { given: "theta", numbers: [cos, -sin, 0, sin, cos, 0] },
    "turn 30° in pixels": { given: "skimage", numbers: turnInPixels(angle, input, output) },
    "move by 1 pixel": { given: "skimage", numbers: [1, 0, 1, 0, 1, 0] },
  };
}

export const near = (one, two) => one.every((value, i) => Math.abs(value - two[i]) < 1e-3);
