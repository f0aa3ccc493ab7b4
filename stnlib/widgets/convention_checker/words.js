// What the convention checker says, in words and in formulas. Pure functions, no DOM.
import { factor, fixed, signed } from "../shared/numbers.js";
import { IDENTITY } from "../shared/warp.js";
import { near, stepAngle } from "./state.js";

export const FORMS = {
  theta: { name: "θ", direction: "output → input, −1 … 1" },
  opencv: { name: "OpenCV", direction: "input → output, pixels" },
  skimage: { name: "scikit-image", direction: "output → input, pixels" },
};

const WANTED = { number: "a number", size: "a whole number from 2 to 4096" };
export const expected = (kind, typed) => `expected ${WANTED[kind]}, got “${typed}”`;
export const word = (alignCorners) => (alignCorners ? "True" : "False");
export const ends = (alignCorners) => (alignCorners ? "centres" : "edges");

// The six lines under a picture, with the numbers of the marked pixel.
export function wayLines({ forms: { theta }, way, alignCorners }, { input, output, pixel }) {
  const there = (i, n) =>
    alignCorners ? `2 · ${i} / (${n} − 1) − 1` : `(2 · ${i} + 1) / ${n} − 1`;
  const back = (v, n) =>
    alignCorners ? `(${v} + 1) · (${n} − 1) / 2` : `((${v} + 1) · ${n} − 1) / 2`;
  const [X, Y] = way.target.map(factor);
  const row = ([a, b, c]) => `${fixed(a)} · ${X} ${signed(b)} · ${Y} ${signed(c)}`;
  const names = ["column", "row"];
  return [
    ...["X", "Y"].map((name, i) => ({
      name,
      text: there(pixel[1 - i], output[1 - i]),
      value: way.target[i],
      kind: "stn-output",
    })),
    ...["x", "y"].map((name, i) => ({
      name,
      text: row(theta.slice(3 * i, 3 * i + 3)),
      value: way.source[i],
      kind: "stn-input",
    })),
    ...["x", "y"].map((v, i) => ({
      name: names[i],
      text: back(v, input[1 - i]),
      value: way.place[i],
      kind: "",
    })),
  ];
}

const ofIdentity = ([edges, centres]) =>
  "The identity reads each pixel at its own place in both conventions. Only the names of the " +
  `places differ: X of the marked pixel is ${fixed(edges.way.target[0])} on the left, where ` +
  `−1 and 1 are edges, and ${fixed(centres.way.target[0])} on the right, where they are pixel centres.`;

// A map of pixels was given, so it is θ that differs.
function ofPixels({ numbers, input: [h, w] }, meet, straight) {
  if (!numbers[1] && !numbers[3]) {
    return (
      `One map of pixels, two θ: a pixel of the input is 2/${w} = ${fixed(2 / w)} wide on the ` +
      `left and 2/${w - 1} = ${fixed(2 / (w - 1))} on the right.`
    );
  }
  const ratios = `${h} : ${w} and ${h - 1} : ${w - 1}`;
  const why = `: nothing slants, because each θ holds the ratio of its own sides, ${ratios}`;
  const told = `One map of pixels, two θ. A step right and a step down meet at ${meet}`;
  return `${told}${straight ? why : ""}.`;
}

// θ was given, so it is the map of pixels that differs.
function ofTheta({ numbers }, apart, meet, straight) {
  const gap = `One θ, two maps of pixels: they read up to ${fixed(apart)} pixels apart. `;
  const right = Math.abs(stepAngle(numbers) - 90) < 0.5;
  if (straight || !right) return `${gap}A step right and a step down meet at ${meet}.`;
  return (
    `${gap}θ itself has a right angle, but the picture is not square: a step right and a ` +
    `step down meet at ${meet}, and the content slants. Turn in pixels to avoid it.`
  );
}

// What to see, in a few sentences.
export function caption(state, { sides, apart }) {
  if (!sides[0].way) return "This matrix flattens the plane (determinant 0): no θ leads back.";
  if (state.given === "theta" && near(state.numbers, IDENTITY)) return ofIdentity(sides);
  const [one, two] = sides.map(({ angle }) => fixed(angle, 0));
  const meet = one === two ? `${one}° on both sides` : `${one}° and ${two}°`;
  const straight = sides.every(({ angle }) => Math.abs(angle - 90) < 0.5);
  return state.given === "theta"
    ? ofTheta(state, apart, meet, straight)
    : ofPixels(state, meet, straight);
}
