// The controls of the volume figure: how the box is turned, sized and moved; boxes by name; the projection.
import { fixed } from "../shared/numbers.js";
import {
  halfOf,
  linearOf,
  middleOf,
  multiply,
  partsOf,
  thetaOf,
  transpose,
  turnOf,
} from "./space.js";
import { HINT } from "./words.js";

// A slider of one part of the box: `get` reads it, `set` gives the new matrix and middle.
function part(name, label, [min, max, step], format, get, set) {
  const open = ({ theta, volume: { size } }) => {
    const half = halfOf(size);
    const linear = linearOf(theta, half);
    return { half, linear, middle: middleOf(theta), ...partsOf(linear) };
  };
  const change = (value, state) => {
    const box = open(state);
    const { linear, middle } = { ...box, ...set(box, value) };
    return { theta: thetaOf(linear, middle, box.half) };
  };
  return { name, label, min, max, step, format, value: (state) => get(open(state)), change };
}

const degrees = (value) => `${fixed(value, 0)}°`;
const times = (value) => `× ${fixed(value)}`;

const turn = (axis, k, reach) =>
  part(
    `turn-${axis}`,
    `turn about ${axis}`,
    [-reach, reach, 1],
    degrees,
    ({ angles }) => angles[k],
    ({ angles, rotation, linear }, value) => ({
      linear: multiply(
        turnOf(angles.map((angle, i) => (i === k ? value : angle))),
        multiply(transpose(rotation), linear),
      ),
    }),
  );

const move = (axis, k) =>
  part(
    `move-${axis}`,
    `move along ${axis}`,
    [-1.5, 1.5, 0.02],
    (value) => fixed(value),
    ({ middle }) => middle[k],
    ({ middle }, value) => ({ middle: middle.map((old, i) => (i === k ? value : old)) }),
  );

const size = part(
  "size",
  "size",
  [0.1, 2, 0.02],
  times,
  (box) => box.size,
  (box, value) => ({ linear: box.linear.map((old) => (old * value) / (box.size || 1)) }),
);
const depth = part(
  "depth",
  "depth along Z",
  [0.02, 2, 0.02],
  times,
  (box) => box.depth,
  (box, value) => ({
    linear: box.linear.map((old, i) => (i % 3 === 2 ? (old * value) / (box.depth || 1) : old)),
  }),
);

export const controls = ({ now }) => ({
  hint: HINT,
  about: "the box",
  sliders: [
    turn("x", 0, 89),
    turn("y", 1, 180),
    turn("z", 2, 180),
    move("x", 0),
    move("y", 1),
    move("z", 2),
    size,
    depth,
  ],
  choices: [
    {
      name: "preset",
      label: "the box",
      wide: true,
      options: now().boxes.map(([name]) => [name, name]),
      value: ({ boxes, theta }) => boxes.find(([, box]) => String(box) === String(theta))?.[0],
      change: (name, { boxes }) => ({ theta: boxes.find(([one]) => one === name)[1] }),
    },
    {
      name: "projection",
      label: "projection",
      options: [
        ["mean", "mean"],
        ["max", "max"],
      ],
      value: ({ projection }) => projection,
      change: (projection) => ({ projection }),
    },
  ],
});
