// What follows from the settings of the pose probe: where the grid stands, what the network makes
// of it, and the loss on a map of angles and shifts, worked on a little in every frame.
import { drawMap } from "../shared/loss_map.js";
import { moveBy, turnBy } from "../shared/moves.js";
import { lossOf, runNet, softmax } from "../shared/net.js";
import { pixels } from "../shared/pen.js";
import { affineGrid, sample } from "../shared/warp.js";

/** The map, in degrees and pixels; its colours in nats. */
export const MAP = {
  reach: /** @type {Point} */ ([90, 10]),
  coarse: 11,
  fine: 31,
  most: 6,
  every: 1,
};
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

// The grid, turned about its middle and moved to the side, from its aligned place.
/** @type {(aligned: Theta, offset: Point, width: number) => Theta} */
export const thetaAt = (aligned, [degrees, shift], width) =>
  moveBy(turnBy(aligned, (degrees * Math.PI) / 180), [(2 * shift) / width, 0]);

// Where a map stands on the map of angles and shifts: what is left of it there.
/** @type {(theta: Theta, aligned: Theta, width: number) => Point} */
export function offsetOf(theta, aligned, width) {
  const angle = (/** @type {Theta} */ [a, b, , c, d]) => Math.atan2(c - b, a + d);
  const turn = angle(theta) - angle(aligned);
  const wrapped = Math.atan2(Math.sin(turn), Math.cos(turn));
  return [(wrapped * 180) / Math.PI, ((theta[2] - aligned[2]) * width) / 2];
}

export function readAt(image, theta, size) {
  const grid = affineGrid(theta, size, false);
  return { grid, output: { data: sample(image, grid, READING), height: size[0], width: size[1] } };
}

// What the network sees and says at one place.
export function lookAt({ image, aligned, offset, size, layers, label }) {
  const theta = thetaAt(aligned, offset, image.width);
  const { grid, output } = readAt(image, theta, size);
  const scores = runNet(layers, output);
  return { theta, grid, output, chances: softmax(scores), loss: lossOf(scores, label) };
}

export const lossesAt = (state, offsets) =>
  offsets.map((offset) => lookAt({ ...state, offset }).loss);

export function readState(model, { digits, networks, size }) {
  const [picture, network] = [model.get("picture"), model.get("network")];
  return {
    ...digits[picture],
    picture,
    network,
    size,
    layers: networks.get(network),
    offset: model.get("offset"),
  };
}

export function derive(state, kept) {
  const seen = lookAt(state);
  if (kept.changed("map", state.picture, state.network)) {
    drawMap(kept.map, (offsets) => lossesAt(state, offsets), MAP, kept.work);
  }
  const { data, height, width } = seen.output;
  const read = pixels(data, height, width, kept.read);
  return { ...seen, read, map: kept.map, busy: kept.work.busy() };
}
