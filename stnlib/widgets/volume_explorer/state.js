// What follows from the settings of the volume figure: the box, what it reads, what is projected. No DOM.
import { cloudOf, insideOf } from "./cloud.js";
import { kept, middleSlices, project, readVolume } from "./read.js";
import {
  apply,
  column,
  determinant,
  halfOf,
  invert,
  length,
  linearOf,
  middleOf,
  partsOf,
  turnOf,
} from "./space.js";

// A reader of the volume that decodes it only when it has changed.
export function volumeReader() {
  let [trait, volume] = [null, null];
  return (model) => {
    if (trait !== model.get("volume")) {
      trait = model.get("volume");
      const { data, shape } = trait;
      const count = shape.reduce((a, b) => a * b);
      const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, count);
      volume = { data: Float32Array.from(bytes, (byte) => byte / 255), size: shape };
      volume.cloud = cloudOf(volume);
    }
    return volume;
  };
}

export const readState = (model, { readVolume }) => ({
  volume: readVolume(model),
  theta: model.get("theta"),
  boxes: model.get("boxes"),
  projection: model.get("projection"),
  view: model.get("view"),
});

/** The corners of a cube, [x, y, z]: the first four are its front. */
export const CORNERS = [-1, 1].flatMap((z) => [
  [-1, -1, z],
  [1, -1, z],
  [1, 1, z],
  [-1, 1, z],
]);

// From where the volume is seen, in degrees: a matrix from true places to [right, down, away].
export const viewOf = ([across, up]) => {
  const [turn, tilt] = [turnOf([0, across, 0]), turnOf([up, 0, 0])];
  return [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((k) => [0, 1, 2].reduce((s, i) => s + tilt[3 * row + i] * turn[3 * i + k], 0)),
  );
};

// The box in true proportions: its middle, its corners, the step from its middle to its back face,
// and how far that points away from z.
export function boxOf(theta, half) {
  const linear = linearOf(theta, half);
  const middle = middleOf(theta).map((value, i) => value * half[i]);
  const corner = (c) =>
    apply(
      linear,
      c.map((v, i) => v * half[i]),
    ).map((value, i) => value + middle[i]);
  const deep = column(linear, 2).map((value) => value * half[2]);
  return {
    linear,
    middle,
    deep,
    corners: CORNERS.map(corner),
    parts: partsOf(linear),
    away: (Math.acos(deep[2] / (length(deep) || 1)) * 180) / Math.PI,
    determinant: determinant(linear),
  };
}

// The box, what it reads, and what is left of that: all that does not hang on the view.
function readBox({ volume, theta, projection }) {
  const { data, size, cloud } = volume;
  const half = halfOf(size);
  const box = boxOf(theta, half);
  const { output, outside } = readVolume(volume, theta);
  const straight = project(data, size, projection);
  const projected = project(output, size, projection);
  const left = { box: kept(output, projected.data), straight: kept(data, straight.data) };
  return {
    half,
    box,
    output,
    outside,
    straight,
    projected,
    slices: middleSlices(output, size),
    ...insideOf(cloud, invert(box.linear), box.middle, half),
    kept: projection === "mean" ? left : null,
  };
}

export function derive(state, tools) {
  const { volume, theta, projection, view } = state;
  if (tools.changed("box", volume, theta, projection)) tools.read = readBox(state);
  return { ...tools.read, seen: viewOf(view), canvases: tools.canvases };
}
