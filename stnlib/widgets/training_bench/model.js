// A spatial transformer before a classifier, as stnlib.experiments.failures.small_st_cnn: the loss of
// a batch, and its slopes for every weight, every number of θ and every point of the grids. No DOM.
import { AFFINE_FAMILIES } from "../shared/affine_families.js";
import { makeNet } from "../shared/layers.js";
import { lossOf, softmax } from "../shared/net.js";
import { readSlopes } from "../shared/slopes.js";
import { axis, pixelFromNormalised } from "../shared/warp.js";

export const [SIDE, READ, CLASSES] = [21, 12, 10]; // pixels of a picture, of what a grid reads
const POINTS = READ * READ;
const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };
const AXIS = axis(READ, false);

const LOOK = [
  { kind: "mean" },
  { kind: "conv", count: 8, side: 5 },
  { kind: "relu" },
  { kind: "pool" },
  { kind: "linear", count: 32 },
  { kind: "relu" },
];
const cnn = (channels, hidden) => [
  { kind: "conv", count: channels, side: 5 },
  { kind: "relu" },
  { kind: "pool" },
  { kind: "linear", count: hidden },
  { kind: "relu" },
  { kind: "linear", count: CLASSES },
];
export const CLASSIFIERS = {
  linear: [{ kind: "linear", count: CLASSES }],
  small: cnn(16, 32),
  large: cnn(32, 64),
};

// The mean cross-entropy of scores, their probabilities, and the slopes for the scores.
export function crossEntropy(scores, labels) {
  const [chances, slopes] = [new Float64Array(scores.length), new Float64Array(scores.length)];
  let loss = 0;
  labels.forEach((label, n) => {
    const own = scores.subarray(n * CLASSES, (n + 1) * CLASSES);
    loss += lossOf(own, label);
    softmax(own).forEach((chance, c) => {
      chances[n * CLASSES + c] = chance;
      slopes[n * CLASSES + c] = (chance - (c === label ? 1 : 0)) / labels.length;
    });
  });
  return { loss: loss / labels.length, chances, slopes };
}

// Make it for so many pictures at a time.
export function makeModel({ family, classifier }, pictures) {
  const { count, matrix, slopes: slopesOf } = AFFINE_FAMILIES[family];
  const look = makeNet([...LOOK, { kind: "linear", count }], [1, SIDE, SIDE], pictures);
  const classify = makeNet(CLASSIFIERS[classifier], [1, READ, READ], pictures);
  const [read, byX, byY] = [0, 1, 2].map(() => new Float64Array(pictures * POINTS));
  const pull = new Float64Array(2 * pictures * POINTS); // the slopes for (x, y) of each point
  let thetas = []; // of the last pictures

  // Read each picture at the points of its grid: values, and their slopes for x and y.
  function readAll(images) {
    const out = [0, 0, 0];
    thetas.forEach((theta, n) => {
      const [a, b, c, d, e, f] = matrix(theta);
      const data = images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
      const image = { data, height: SIDE, width: SIDE };
      for (let row = 0, i = n * POINTS; row < READ; row++) {
        for (let column = 0; column < READ; column++, i++) {
          const x = a * AXIS[column] + b * AXIS[row] + c;
          const y = d * AXIS[column] + e * AXIS[row] + f;
          const [px, py] = [
            pixelFromNormalised(x, SIDE, false),
            pixelFromNormalised(y, SIDE, false),
          ];
          readSlopes(image, px, py, READING, out);
          [read[i], byX[i], byY[i]] = out;
        }
      }
    });
  }

  // What the network says of pictures; `held` has maps' θ to use in place of its own, or nothing.
  function forward(images, held = []) {
    const said = look.forward(images);
    thetas = Array.from(
      { length: pictures },
      (_, n) => held[n] ?? Array.from(said.subarray(n * count, (n + 1) * count)),
    );
    readAll(images);
    return classify.forward(read);
  }

  // From the slopes for the scores to those for points, θ and weights; returns those for θ.
  function backward(scoreSlopes) {
    const given = classify.backward(scoreSlopes, true);
    const all = new Float64Array(pictures * count);
    thetas.forEach((theta, n) => {
      const sums = [0, 0, 0, 0, 0, 0];
      for (let row = 0, i = n * POINTS; row < READ; row++) {
        for (let column = 0; column < READ; column++, i++) {
          const gx = (pull[2 * i] = (given[i] * byX[i] * SIDE) / 2);
          const gy = (pull[2 * i + 1] = (given[i] * byY[i] * SIDE) / 2);
          sums[0] += gx * AXIS[column];
          sums[1] += gx * AXIS[row];
          sums[2] += gx;
          sums[3] += gy * AXIS[column];
          sums[4] += gy * AXIS[row];
          sums[5] += gy;
        }
      }
      all.set(slopesOf(theta, sums), n * count);
    });
    look.backward(all, false);
    return all;
  }
  return {
    forward,
    backward,
    parts: { look, classify },
    thetas: () => thetas,
    matrices: () => thetas.map(matrix),
    read,
    pull,
  };
}
