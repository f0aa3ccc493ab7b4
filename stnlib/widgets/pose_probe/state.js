// The arithmetic and the words of the pose probe: where the grid stands, what the network makes of
// it, and the loss on a map of angles and shifts. No DOM.
import { affineGrid, sample } from "../shared/warp.js";
import { fixed } from "../shared/view.js";
import { moveBy, turnBy } from "../shared/moves.js";
import { lossOf, runNet, softmax } from "./net.js";

export const TURN = 90; // the map goes so many degrees and pixels to both sides
export const MOVE = 10;
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

// The grid, turned about its middle and moved to the side, from its aligned place.
export const thetaAt = (aligned, [degrees, shift], width) =>
  moveBy(turnBy(aligned, (degrees * Math.PI) / 180), [(2 * shift) / width, 0]);

// Where a map stands on the map of angles and shifts: what is left of it there.
export function offsetOf(theta, aligned, width) {
  const angle = ([a, b, , c, d]) => Math.atan2(c - b, a + d);
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

export const lattice = (n) => Array.from({ length: n * n }, (_, k) => {
  const at = (i, reach) => reach * ((2 * i) / (n - 1) - 1);
  return [at(Math.floor(k / n), TURN), at(k % n, MOVE)];
});

export const lossesAt = (state, offsets) => offsets.map((offset) => lookAt({ ...state, offset }).loss);

export function verdict({ chances, loss }, { label, offset: [degrees, shift] }) {
  const said = chances.indexOf(Math.max(...chances));
  const place = degrees || shift
    ? `The grid is turned by ${fixed(degrees, 0)}° and moved by ${fixed(shift, 1)} pixels from the true pose`
    : "The grid is in the true pose";
  const right = said === label ? "which is right" : `and it is a ${label}`;
  return `${place}. The classifier says ${said} with probability ${fixed(chances[said])}, ${right}. ` +
    `The loss is ${fixed(loss)}.`;
}
