// What follows from what was given to the convention checker: θ and both pixel matrices under
// either convention, the way of one pixel, and the words. Pure functions, no DOM.
import {
  affineGrid, IDENTITY, mapPoint, normalisedFromPixel, pixelFromNormalised, sample,
} from "../shared/warp.js";
import { factor, fixed, signed } from "../shared/view.js";
import { pixelFromTheta, thetaFromPixel, turnInPixels } from "./pixel_matrix.js";

export const FORMS = {
  theta: { name: "θ", direction: "output → input, −1 … 1" },
  opencv: { name: "OpenCV", direction: "input → output, pixels" },
  skimage: { name: "scikit-image", direction: "output → input, pixels" },
};
const LARGEST = 64; // the output is drawn with at most so many pixels a side

// All forms of the given map under one convention; null where a flattened map has no way back.
export function formsOf({ given, numbers, input, output }, alignCorners) {
  const theta = given === "theta" ? numbers
    : thetaFromPixel(numbers, input, output, given, alignCorners);
  const form = (convention) => given === convention ? numbers
    : theta && pixelFromTheta(theta, input, output, convention, alignCorners);
  return { theta, skimage: form("skimage"), opencv: form("opencv") };
}

// The angle in degrees at which one step right and one step down of the output meet in the input.
export function stepAngle([a, b, , c, d]) {
  const lengths = Math.hypot(a, c) * Math.hypot(b, d);
  const cosine = lengths ? (a * b + c * d) / lengths : 0;
  return (Math.acos(Math.min(Math.max(cosine, -1), 1)) * 180) / Math.PI;
}

// The way of the marked output pixel: to normalised points, through θ, to a place in the input.
export function wayOf(theta, { input, output, pixel: [row, column] }, alignCorners) {
  const target = [
    normalisedFromPixel(column, output[1], alignCorners),
    normalisedFromPixel(row, output[0], alignCorners),
  ];
  const source = mapPoint(theta, target);
  const place = source.map((value, i) => pixelFromNormalised(value, input[1 - i], alignCorners));
  return { target, source, place };
}

// What the output shows: its pixels lie where they lie, so one convention serves to draw both.
export function readOutput({ image, input, output }, forms) {
  const size = output.map((n) => Math.min(n, LARGEST));
  const edges = thetaFromPixel(forms.skimage, input, output, "skimage", false);
  const grid = affineGrid(edges, size, false);
  const options = { mode: "bilinear", padding: "zeros", alignCorners: false };
  return { size, data: sample(image, grid, options) };
}

export function derive(state) {
  const sides = [false, true].map((alignCorners) => {
    const forms = formsOf(state, alignCorners);
    if (!forms.theta) return { alignCorners, forms };
    return {
      alignCorners, forms, angle: stepAngle(forms.skimage),
      way: wayOf(forms.theta, state, alignCorners), output: readOutput(state, forms),
    };
  });
  return { sides, apart: sides[0].way ? largestGap(state, sides) : 0 };
}

// How far apart in input pixels the two conventions read, at the output's corners.
function largestGap({ output: [rows, columns] }, sides) {
  const gaps = [[0, 0], [columns - 1, 0], [0, rows - 1], [columns - 1, rows - 1]].map((corner) => {
    const [one, two] = sides.map(({ forms }) => mapPoint(forms.skimage, corner));
    return Math.hypot(one[0] - two[0], one[1] - two[1]);
  });
  return Math.max(...gaps);
}

// The six lines under a picture, with the numbers of the marked pixel.
export function wayLines({ forms: { theta }, way, alignCorners }, { input, output, pixel }) {
  const there = (i, n) => (alignCorners ? `2 · ${i} / (${n} − 1) − 1` : `(2 · ${i} + 1) / ${n} − 1`);
  const back = (v, n) => alignCorners ? `(${v} + 1) · (${n} − 1) / 2` : `((${v} + 1) · ${n} − 1) / 2`;
  const [X, Y] = way.target.map(factor);
  const row = ([a, b, c]) => `${fixed(a)} · ${X} ${signed(b)} · ${Y} ${signed(c)}`;
  const names = ["column", "row"];
  return [
    ...["X", "Y"].map((name, i) =>
      ({ name, text: there(pixel[1 - i], output[1 - i]), value: way.target[i], kind: "stn-output" })),
    ...["x", "y"].map((name, i) =>
      ({ name, text: row(theta.slice(3 * i, 3 * i + 3)), value: way.source[i], kind: "stn-input" })),
    ...["x", "y"].map((v, i) =>
      ({ name: names[i], text: back(v, input[1 - i]), value: way.place[i], kind: "" })),
  ];
}

const close = (one, two) => one.every((value, i) => Math.abs(value - two[i]) < 1e-3);

// What to see, in a few sentences.
export function caption({ given, numbers, input }, { sides, apart }) {
  const [edges, centres] = sides;
  if (!edges.way) return "This matrix flattens the plane (determinant 0): no θ leads back.";
  if (given === "theta" && close(numbers, IDENTITY)) {
    return "The identity reads each pixel at its own place in both conventions. Only the names of the " +
      `places differ: X of the marked pixel is ${fixed(edges.way.target[0])} on the left, where −1 and 1 ` +
      `are edges, and ${fixed(centres.way.target[0])} on the right, where they are pixel centres.`;
  }
  const angles = [edges, centres].map(({ angle }) => fixed(angle, 0));
  const meet = angles[0] === angles[1] ? `${angles[0]}° on both sides` : `${angles[0]}° and ${angles[1]}°`;
  const straight = sides.every(({ angle }) => Math.abs(angle - 90) < 0.5);
  const [h, w] = input;
  if (given !== "theta" && !numbers[1] && !numbers[3]) {
    return `One map of pixels, two θ: a pixel of the input is 2/${w} = ${fixed(2 / w)} wide on the left ` +
      `and 2/${w - 1} = ${fixed(2 / (w - 1))} on the right.`;
  }
  if (given !== "theta") {
    return `One map of pixels, two θ. A step right and a step down meet at ${meet}` + (straight
      ? `: nothing slants, because each θ holds the ratio of its own sides, ${h} : ${w} and ${h - 1} : ${w - 1}.`
      : ".");
  }
  const right = Math.abs(stepAngle(numbers) - 90) < 0.5;
  const gap = `One θ, two maps of pixels: they read up to ${fixed(apart)} pixels apart. `;
  if (straight) return gap + `A step right and a step down meet at ${meet}.`;
  return gap + (right ? "θ itself has a right angle, but the picture is not square: a step right and a " +
    `step down meet at ${meet}, and the content slants. Turn in pixels to avoid it.`
    : `A step right and a step down meet at ${meet}.`);
}

// Maps to try: what is given, and its six numbers.
export function examples({ input, output }) {
  const angle = Math.PI / 6;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    "identity": { given: "theta", numbers: [...IDENTITY] },
    "turn 30° in θ": { given: "theta", numbers: [cos, -sin, 0, sin, cos, 0] },
    "turn 30° in pixels": { given: "skimage", numbers: turnInPixels(angle, input, output) },
    "move by 1 pixel": { given: "skimage", numbers: [1, 0, 1, 0, 1, 0] },
  };
}

const rounded = (value) => String(Number(value.toFixed(6)) + 0);
const rows = (map) => [map.slice(0, 3), map.slice(3)].map((row) => `[${row.map(rounded).join(", ")}]`);

// All three forms under one convention as lines of Python.
export function codeOf({ forms, alignCorners }, { input, output }) {
  const word = alignCorners ? "True" : "False";
  const [size, shape] = [[output[1], output[0]].join(", "), output.join(", ")];
  const [theta, opencv, skimage] = ["theta", "opencv", "skimage"].map((key) => forms[key] && rows(forms[key]).join(", "));
  return [
    `# input ${input.join(" × ")}, output ${output.join(" × ")} (rows × columns), align_corners=${word}`,
    `theta = torch.tensor([[${theta}]])`,
    `grid = F.affine_grid(theta, (1, 1, ${shape}), align_corners=${word})`,
    opencv ? `M = np.array([${opencv}])  # cv2.warpAffine(image, M, (${size}))`
      : "# no M for OpenCV: the map has no inverse",
    `matrix = np.array([${skimage}, [0, 0, 1]])`,
    `# skimage.transform.warp(image, matrix, output_shape=(${shape}))`,
  ].join("\n");
}

// All numbers of a text such as "[[1, 0, 5], [0, 1, 0]]" when it holds a whole map; else null.
export function readNumbers(text) {
  const found = (text.replaceAll("\u2212", "-").match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
  if (found.length === 9 && close(found.slice(6), [0, 0, 1])) return found.slice(0, 6);
  return found.length === 6 ? found : null;
}

// One number as typed, or null: a true minus sign and a comma for the point are taken too.
export function readNumber(text) {
  const plain = text.trim().replaceAll("\u2212", "-").replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}
