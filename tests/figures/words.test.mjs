// What the figures say: whole sentences for a table of states.
import assert from "node:assert/strict";
import test from "node:test";
import {
  blurPicture,
  offBy,
  prepare,
  startPath,
  walkOn,
} from "../../stnlib/widgets/alignment_landscape/walk.js";
import {
  basinWords,
  stepRows,
  verdict as walkVerdict,
} from "../../stnlib/widgets/alignment_landscape/words.js";
import { codeOf } from "../../stnlib/widgets/convention_checker/code.js";
import { derive, examples } from "../../stnlib/widgets/convention_checker/state.js";
import {
  caption as checkerCaption,
  wayLines,
} from "../../stnlib/widgets/convention_checker/words.js";
import {
  caption,
  formula,
  matrixNames,
  reading,
} from "../../stnlib/widgets/grid_explorer/words.js";
import { derive as deriveLab } from "../../stnlib/widgets/pixel_lab/state.js";
import {
  pixelWords,
  placeWords,
  slopeWords,
  sumWords,
} from "../../stnlib/widgets/pixel_lab/words.js";
import { verdict as probeVerdict } from "../../stnlib/widgets/pose_probe/words.js";
import { factor, fixed, signed } from "../../stnlib/widgets/shared/numbers.js";
import {
  affineGrid,
  fromParts,
  readPoint,
  settle,
  splat,
  throwPoint,
} from "../../stnlib/widgets/shared/warp.js";
import {
  legend,
  matrixName,
  caption as replayCaption,
} from "../../stnlib/widgets/training_replay/words.js";
import { caption as volumeCaption } from "../../stnlib/widgets/volume_explorer/words.js";
import { golden } from "./near.mjs";

const spaced = (text) => text.replaceAll("\u00a0", " ");

test("numbers have fixed digits, a true minus sign and no minus zero", () => {
  assert.deepEqual(
    [1 / 3, -0.5, -0.001, 2].map((value) => fixed(value)),
    ["0.33", "−0.50", "0.00", "2.00"],
  );
  assert.deepEqual([0.5, -0.5, -0.001].map(factor), ["0.50", "(−0.50)", "0.00"]);
  assert.deepEqual([0.5, -0.5, -0.001].map(signed), ["+ 0.50", "− 0.50", "+ 0.00"]);
});

function captionOf(parts, more = {}) {
  const image = { data: Array(64).fill(0.5), height: 8, width: 8 };
  const options = { padding: "zeros", mode: "bilinear", alignCorners: false, direction: "gather" };
  const state = { theta: fromParts(parts), size: [8, 8], image, ...options, ...more };
  const gather = state.direction === "gather";
  const grid = affineGrid(state.theta, gather ? state.size : [8, 8], false);
  return caption(state, {
    grid,
    counts: gather ? null : settle(splat(image, grid, state.size, state)),
  });
}
const shifted = (there, back) => `The grid has moved ${there}, so the content moves ${back}.`;
const turned = (there, back) => `The grid is turned ${there}, so the content turns ${back}.`;
const outside = (part, reads = "reads zeros") => ` ${part} % of it lies outside and ${reads}.`;
const LARGER = "The grid covers a smaller part of the input, so the content looks larger.";
const [right, widened] = [{ tX: 1 }, { scaleX: 2, scaleY: 2 }];

test("the grid explorer says what θ does to grid and content", () => {
  for (const [parts, said] of [
    [{}, "The grid lies squarely on the input, so the output shows it unmoved."],
    [{ scaleX: 0.5, scaleY: 0.5 }, LARGER],
    [
      { scaleX: 0.5, scaleY: 0.5, tX: 0.25 },
      `${LARGER} It has moved right, so the content moves left.`,
    ],
    [
      { scaleX: 1.5, scaleY: 1.5 },
      `The grid covers more than the input, so the content looks smaller.${outside(44)}`,
    ],
    [{ rotation: 0.5 }, turned("clockwise", "counter-clockwise") + outside(13)],
    [{ rotation: -0.5 }, turned("counter-clockwise", "clockwise") + outside(13)],
    [{ scaleY: -1 }, "The grid is mirrored, and so is the content."],
    [{ shear: 0.4 }, `The grid is slanted, so the content slants the other way.${outside(9)}`],
    [{ tX: 0.3 }, shifted("right", "left") + outside(13)],
    [{ tX: -0.3 }, shifted("left", "right") + outside(13)],
    [{ tY: 0.3 }, shifted("down", "up") + outside(13)],
    [{ tY: -0.3 }, shifted("up", "down") + outside(13)],
    [{ tX: 0.3, tY: -0.3 }, shifted("right and up", "left and down") + outside(23)],
    [{ tX: 2.5 }, shifted("right", "left") + outside(100)],
    [
      { rotation: Math.PI / 2, tX: 0.3 }, // the content's own way, seen from the turned grid
      `${turned("clockwise", "counter-clockwise")} It has moved right, so the content moves down.${outside(13)}`,
    ],
    [
      { scaleX: 0 },
      "The grid has collapsed onto a line, so all output pixels read along that line.",
    ],
  ])
    assert.equal(captionOf(parts), said);
});

test("the grid explorer speaks of padding, of gaps, of holes and pile-ups", () => {
  const told = (more) => captionOf(more.parts ?? right, more);
  const left = shifted("right", "left");
  const thrown = { direction: "splat", mode: "nearest" };
  for (const [more, said] of [
    [{ padding: "border" }, left + outside(50, "reads the nearest pixel of the border")],
    [{ padding: "reflection" }, left + outside(50, "reads the picture's reflection")],
    [
      { parts: {}, size: [2, 2] },
      "The grid lies squarely on the input, so the output shows it unmoved. " +
        "Neighbours read 4.0 pixels apart and skip what lies between.",
    ],
    [
      { parts: {}, direction: "splat" },
      "The matrix sends each input pixel to the output, and the content with it. " +
        "All 64 output pixels got exactly one pixel's worth.",
    ],
    [
      { parts: widened, ...thrown },
      "The matrix sends each input pixel to the output, so the content grows. " +
        "48 of 64 output pixels got nothing (hatched); none got more than one pixel.",
    ],
    [
      { parts: { scaleX: 0.5, scaleY: 0.5 }, ...thrown },
      "The matrix sends each input pixel to the output, so the content " +
        "shrinks. 48 of 64 output pixels got nothing (hatched); 16 got more than one pixel.",
    ],
    [
      { parts: { scaleX: 0.5, scaleY: 0.5 }, direction: "splat" },
      "The matrix sends each input pixel to the output, so the " +
        "content shrinks. 28 of 64 output pixels got nothing (hatched); 16 got more than one pixel's worth.",
    ],
  ])
    assert.equal(told(more), said);
});

test("the matrix is θ only where it leads from the output to the input", () => {
  assert.deepEqual(matrixNames("gather"), {
    matrix: "θ",
    numbers: ["θ₁₁", "θ₁₂", "θ₁₃", "θ₂₁", "θ₂₂", "θ₂₃"],
  });
  const { matrix, numbers } = matrixNames("splat");
  assert.equal(matrix, "output from input");
  assert.deepEqual([numbers[2], numbers[3]], ["row 1, column 3", "row 2, column 1"]);
  assert.ok(![matrix, ...numbers, captionOf({}, { direction: "splat" })].join("").includes("θ"));
});

test("the grid explorer writes one reading and one throw out", () => {
  const image = { data: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], height: 3, width: 3 };
  const options = { padding: "zeros", alignCorners: false };
  const gather = (point, mode) =>
    reading(
      { direction: "gather", pixel: [1, 2], mode },
      { detail: readPoint(image, point, { mode, ...options }) },
    );
  const thrown = (point, mode) =>
    reading(
      { direction: "splat", pixel: [1, 2], mode },
      { detail: throwPoint(point, [3, 3], { mode, ...options }) },
    );
  const note =
    "The coloured square is one pixel large; the part of it over each pixel is the weight.";
  const [reads, lands] = [
    "Output pixel row 1, column 2 reads the input at ",
    "Input pixel row 1, column 2 lands on the output at ",
  ];
  for (const [told, line, sum, last] of [
    [
      gather([0.5, -0.25], "bilinear"),
      `${reads}column 1.75, row 0.63, between four pixels.`,
      "0.09 · 0.10 + 0.28 · 0.20 + 0.16 · 0.40 + 0.47 · 0.50 = 0.36",
      note,
    ],
    [
      gather([1.1, 0], "bilinear"),
      `${reads}column 2.65, row 1.00, between four pixels (1 of them outside, so 0).`,
      "0.35 · 0.50 + 0.65 · 0.00 + 0.00 · 0.80 + 0.00 · 0.00 = 0.17",
      note,
    ],
    [
      gather([0.5, -0.25], "nearest"),
      `${reads}column 1.75, row 0.63, and takes the nearest pixel.`,
      "value = 0.50",
      "",
    ],
    [
      gather([1.4, 0], "nearest"),
      `${reads}column 3.10, row 1.00, and takes the nearest pixel, which is outside.`,
      "value = 0.00",
      "",
    ],
    [
      thrown([0.5, -0.25], "bilinear"),
      `${lands}column 1.75, row 0.63.`,
      "It is shared among four pixels: 0.09 + 0.28 + 0.16 + 0.47.",
      note,
    ],
    [
      thrown([0.5, -0.25], "nearest"),
      `${lands}column 1.75, row 0.63.`,
      "All of it goes to the nearest pixel.",
      "",
    ],
    [
      thrown([3, 0], "bilinear"),
      `${lands}column 5.50, row 1.00.`,
      "It falls outside the output and is lost.",
      note,
    ],
  ])
    assert.deepEqual(told, { line, sum, note: last });
  assert.deepEqual(formula([0.5, -0.25, 0.1], ["x", "y"], null), {
    x: "x",
    y: "y",
    a: "0.50",
    b: "− 0.25",
    c: "+ 0.10",
    sum: "",
  });
  assert.deepEqual(formula([0.5, -0.25, -0.1], ["x", "y"], [0.5, -0.75]), {
    x: "0.50",
    y: "(−0.75)",
    a: "0.50",
    b: "− 0.25",
    c: "− 0.10",
    sum: " = 0.34",
  });
});

const values = golden("lab").image;
function labAt(point, { image = values, pixel = null, mode = "bilinear", padding = "zeros" } = {}) {
  const options = { mode, padding, alignCorners: false };
  const picture = { data: image.flat(), height: image.length, width: image[0].length };
  const state = { image: picture, pixel, point, ...options, options };
  return [state, deriveLab(state, {})];
}

test("the pixel lab writes the sum and the slopes out, kinks too", () => {
  const told = sumWords(...labAt([2.3, 0.8]));
  assert.equal(told.line, "The point is at column 2.30, row 0.80, between four pixels.");
  assert.equal(spaced(told.sum), "V = 0.14 · 0.3 + 0.06 · 0.8 + 0.56 · 0.8 + 0.24 · 0.9 = 0.754");
  assert.equal(
    sumWords(...labAt([6, 1])).line,
    "The point is at column 6.00, row 1.00, on one pixel.",
  );
  assert.equal(
    sumWords(...labAt([6, 1.5])).line,
    "The point is at column 6.00, row 1.50, between two pixels.",
  );
  assert.deepEqual(sumWords(...labAt([-1.2, 0.8], { mode: "nearest" })), {
    line: "The point is at column −1.20, row 0.80; the nearest pixel is row 1, column −1.",
    sum: "V = 0.00",
    note: "Nearest reading takes one pixel whole.",
  });
  for (const [point, more, along, down] of [
    [
      [2.3, 0.8],
      {},
      "∂V/∂x = 0.20 · (0.8 − 0.3) + 0.80 · (0.9 − 0.8) = 0.18",
      "∂V/∂y = 0.70 · (0.8 − 0.3) + 0.30 · (0.9 − 0.8) = 0.38",
    ],
    [
      [6, 1],
      {},
      "∂V/∂x: −0.60 on the left, −0.30 on the right; any number in [−0.60, −0.30] is a sub-gradient. torch takes −0.30.",
      "∂V/∂y: 0.30 above, 0.20 below; any number in [0.20, 0.30] is a sub-gradient. torch takes 0.20.",
    ],
    [
      [2.3, 0.8],
      { mode: "nearest" },
      "∂V/∂x = 0: the value is flat, and jumps halfway between pixels.",
      "∂V/∂y = 0: the value is flat, and jumps halfway between pixels.",
    ],
  ])
    assert.deepEqual(slopeWords(...labAt(point, more)).map(spaced), [along, down]);
});

test("the pixel lab says where the point stands", () => {
  const dead = "The dead zone: no step changes the value, so nothing calls this point back.";
  for (const [point, more, said] of [
    [
      [2.3, 0.8],
      {},
      "Between the kinks the slope is a difference of neighbours, and the arrow points uphill.",
    ],
    [
      [6, 1],
      {},
      "A kink along x and along y: the choices fill a rectangle, and torch takes one corner.",
    ],
    [[5, 1.5], {}, "A kink: the slope to one side is not the slope to the other."],
    [[-1.5, 1], {}, dead],
    [
      [-1.5, 1],
      {
        padding: "border",
        image: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      },
      dead,
    ],
    [
      [-0.5, 1.5],
      { image: Array(4).fill([0.5, 0.5, 0.5]) },
      "Outside the outer centres the picture fades to 0 within one pixel.",
    ],
    [[0.5, 0.5], {}, "Even ground: all neighbours are equal here, and no step changes the value."],
    [
      [2.3, 0.8],
      { mode: "nearest" },
      "A small step changes nothing or everything: no slope to follow.",
    ],
  ])
    assert.equal(placeWords(...labAt(point, more)), said);
  for (const [pixel, said] of [
    [
      [1, 2],
      "Pixel row 1, column 2: ∂V/∂U = 0.56, its weight. Raise the pixel by 0.1, and V grows by 0.056.",
    ],
    [[3, 7], "Pixel row 3, column 7: ∂V/∂U = 0.00, its weight. This pixel has no say in V."],
    [null, "Click a pixel to change its value."],
  ])
    assert.equal(pixelWords(...labAt([2.3, 0.8], { pixel })), said);
});

test("the alignment landscape tells the walk and its end", () => {
  const { bytes, side, rate: usual } = golden("descent");
  const picture = { data: bytes.map((byte) => byte / 255), height: side, width: side };
  const walked = (start, blur = 0, rate = usual, count = 2) => {
    const ready = prepare(blurPicture(picture, blur));
    return walkOn(ready, startPath(ready, count, start), rate, 200);
  };
  const told = (path, start, step, rate = usual) =>
    walkVerdict(path, { step, steps: 200, rate }, start, offBy(path[step].theta, side));
  const at = (step, loss, off) =>
    `Step ${step} of 200: the loss is ${loss}, and the points of the grid are ${off} pixels off on average.`;
  const [lost, found] = [walked([20, 10]), walked([20, 10], 2)];
  for (const [said, path, start, step, rate] of [
    [
      `${at(0, "2.02", "10.4")} The start is turned by 20° and moved by 10.0 pixels.`,
      lost,
      [20, 10],
      0,
    ],
    [at(100, "1.20", "14.8"), lost, [20, 10], 100],
    [
      `${at(200, "1.20", "14.8")} It has stopped in another valley, where no small move makes the loss smaller.`,
      lost,
      [20, 10],
      200,
    ],
    [`${at(60, "0.00", "0.0")} It is nearly there.`, found, [20, 10], 60],
    [`${at(200, "0.00", "0.0")} It has found the true place.`, found, [20, 10], 200],
    [
      `${at(200, "1.38", "5.4")} It goes to and fro: the rate is too large for these slopes.`,
      walked([10, 3], 0, 0.08),
      [10, 3],
      200,
      0.08,
    ],
    [
      `${at(0, "1.56", "10.4")} The start is turned by −20° and moved by −10.0 pixels.`,
      walked([-20, -10]),
      [-20, -10],
      0,
    ],
  ])
    assert.equal(told(path, start, step, rate), said);
  const slow = { loss: 1, slopes: [1, 0] };
  assert.equal(
    walkVerdict([slow], { step: 0, steps: 0, rate: 0.1 }, [0, 0], 5).slice(0, 12),
    "Step 0 of 0:",
  );
  assert.equal(
    walkVerdict([slow, slow], { step: 1, steps: 1, rate: 0.1 }, [0, 0], 5).slice(-23),
    " It is still under way.",
  );

  assert.deepEqual(stepRows(lost[3], usual), [
    ["angle (rad)", "0.425", "−1.16", "0.448"],
    ["shift", "0.696", "0.49", "0.686"],
  ]);
  assert.deepEqual(stepRows(walked([20, 10], 0, usual, 3)[0], usual), [
    ["angle (rad)", "0.349", "−1.31", "0.375"],
    ["t_x", "0.571", "−0.38", "0.579"],
    ["t_y", "0.429", "0.74", "0.414"],
  ]);
  assert.deepEqual(
    stepRows(walked([20, 10], 0, usual, 6)[0], usual).map(
      ([name, ...rest]) => `${name} ${rest.join(" ")}`,
    ),
    [
      "θ₁₁ 0.940 0.67 0.926",
      "θ₁₂ −0.342 1.30 −0.368",
      "θ₁₃ 0.571 −0.38 0.579",
      "θ₂₁ 0.342 0.12 0.340",
      "θ₂₂ 0.940 −0.08 0.941",
      "θ₂₃ 0.429 0.74 0.414",
    ],
  );
  assert.equal(basinWords({ found: 0, tried: 0, all: 0 }), "");
  assert.equal(
    basinWords({ found: 3, tried: 20, all: 121 }),
    "3 of 20 starts find the true place; counting …",
  );
  assert.equal(
    basinWords({ found: 40, tried: 121, all: 121 }),
    "40 of 121 starts find the true place (filled dots).",
  );
});

test("the convention checker says what differs, and why", () => {
  const wide = {
    input: [20, 40],
    output: [20, 40],
    pixel: [0, 0],
    image: { data: Array(40).fill(0.5), height: 5, width: 8 },
  };
  const square = { ...wide, input: [30, 30], output: [30, 30] };
  const tries = examples(wide);
  const apart = (pixels) => `One θ, two maps of pixels: they read up to ${pixels} pixels apart. `;
  const meet = (where) => `A step right and a step down meet at ${where}.`;
  for (const [state, map, said] of [
    [
      wide,
      tries.identity,
      "The identity reads each pixel at its own place in both conventions. Only the names of " +
        "the places differ: X of the marked pixel is −0.97 on the left, where −1 and 1 are edges, and −1.00 on the " +
        "right, where they are pixel centres.",
    ],
    [
      wide,
      tries["turn 30° in θ"],
      `${apart("0.28")}θ itself has a right angle, but the picture is not square: a ` +
        "step right and a step down meet at 123° and 124°, and the content slants. Turn in pixels to avoid it.",
    ],
    [
      wide,
      tries["turn 30° in pixels"],
      "One map of pixels, two θ. A step right and a step down meet at 90° on both " +
        "sides: nothing slants, because each θ holds the ratio of its own sides, 20 : 40 and 19 : 39.",
    ],
    [
      wide,
      tries["move by 1 pixel"],
      "One map of pixels, two θ: a pixel of the input is 2/40 = 0.05 wide on the " +
        "left and 2/39 = 0.05 on the right.",
    ],
    [wide, { given: "theta", numbers: [1, 0.5, 0, 0, 1, 0] }, apart("0.25") + meet("45° and 44°")],
    [
      square,
      { given: "theta", numbers: [0.866, -0.5, 0, 0.5, 0.866, 0] },
      apart("0.00") + meet("90° on both sides"),
    ],
    [
      square,
      { given: "opencv", numbers: [1, 0.5, 0, 0.2, 1, 0] },
      `One map of pixels, two θ. ${meet("128° on both sides")}`,
    ],
    [
      square,
      { given: "opencv", numbers: [1, 1, 0, 1, 1, 0] },
      "This matrix flattens the plane (determinant 0): no θ leads back.",
    ],
  ])
    assert.equal(checkerCaption({ ...state, ...map }, derive({ ...state, ...map })), said);
});

test("the convention checker writes the way and the code out", () => {
  const image = { data: Array(40).fill(0.5), height: 5, width: 8 };
  const numbers = [0.5, -0.25, 0.1, 0, 2, -0.3];
  const state = { input: [5, 8], output: [4, 9], pixel: [1, 2], given: "theta", numbers, image };
  const [edges, centres] = derive(state).sides;
  assert.deepEqual(
    wayLines(edges, state).map(({ name, text, value }) => `${name} = ${text} = ${fixed(value)}`),
    [
      "X = (2 · 2 + 1) / 9 − 1 = −0.44",
      "Y = (2 · 1 + 1) / 4 − 1 = −0.25",
      "x = 0.50 · (−0.44) − 0.25 · (−0.25) + 0.10 = −0.06",
      "y = 0.00 · (−0.44) + 2.00 · (−0.25) − 0.30 = −0.80",
      "column = ((x + 1) · 8 − 1) / 2 = 3.26",
      "row = ((y + 1) · 5 − 1) / 2 = 0.00",
    ],
  );
  assert.deepEqual(
    wayLines(centres, state).map(({ name, text, value }) => `${name} = ${text} = ${fixed(value)}`),
    [
      "X = 2 · 2 / (9 − 1) − 1 = −0.50",
      "Y = 2 · 1 / (4 − 1) − 1 = −0.33",
      "x = 0.50 · (−0.50) − 0.25 · (−0.33) + 0.10 = −0.07",
      "y = 0.00 · (−0.50) + 2.00 · (−0.33) − 0.30 = −0.97",
      "column = (x + 1) · (8 − 1) / 2 = 3.27",
      "row = (y + 1) · (5 − 1) / 2 = 0.07",
    ],
  );
  assert.equal(
    codeOf(centres, state),
    `# input 5 × 8, output 4 × 9 (rows × columns), align_corners=True
theta = torch.tensor([[[0.5, -0.25, 0.1], [0, 2, -0.3]]])
grid = F.affine_grid(theta, (1, 1, 4, 9), align_corners=True)
M = np.array([[2.285714, 0.5, -5.5], [0, 0.375, 0.975]])  # cv2.warpAffine(image, M, (9, 4))
matrix = np.array([[0.4375, -0.583333, 2.975], [0, 2.666667, -2.6], [0, 0, 1]])
# skimage.transform.warp(image, matrix, output_shape=(4, 9))`,
  );
});

test("the pose probe says what the classifier says", () => {
  const chances = [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.6, 0];
  for (const [label, offset, loss, said] of [
    [
      8,
      [0, 0],
      0.25,
      "The grid is in the true pose. The classifier says 8 with probability 0.60, which is right. " +
        "The loss is 0.25.",
    ],
    [
      3,
      [-20, 1.5],
      3,
      "The grid is turned by −20° and moved by 1.5 pixels from the true pose. The classifier says " +
        "8 with probability 0.60, and it is a 3. The loss is 3.00.",
    ],
  ])
    assert.equal(probeVerdict({ chances, loss }, { label, offset }), said);
});

const told = (name, count) => ({
  name,
  families: Array(count).fill({}),
  error_step: [10],
  error: [12.5],
});
const moved = fromParts({ rotation: Math.PI / 6, scaleX: 0.5, scaleY: 0.5, tX: 0.25, tY: -0.5 });
const plain = { theta: moved, bent: false };
const bent = { theta: [1, 0, 0, 0, 1, 0], bent: true };

test("the replay says what each grid does, and how grids are told apart", () => {
  const one = { runs: [told("a", 1)], images: [[1]], step: 10, digit: 2, several: false };
  assert.deepEqual(replayCaption(one, { reads: [[0, 0, [plain]]] }), [
    "a: 12.5 % of the test digits wrong. On picture 3 its grid is turned by 30°, scaled by 0.50, " +
      "with its middle at (0.25, −0.50).",
  ]);
  assert.equal(
    legend(one),
    "All pictures with the grid of a; below them what it reads. Press one to see it large.",
  );
  const two = { ...one, runs: [told("a", 2), told("b", 1)], step: 5, several: true };
  assert.deepEqual(
    replayCaption(two, {
      reads: [
        [0, 0, [plain, bent]],
        [0, 0, [bent]],
      ],
    }),
    [
      "a: the error is not measured yet.",
      "Grid 1 on picture 3 is turned by 30°, scaled by 0.50, with its middle at (0.25, −0.50).",
      "Grid 2 on picture 3, without its bending, is turned by 0°, scaled by 1.00, with its middle " +
        "at (0.00, 0.00).",
      "b: the error is not measured yet. On picture 3 its grid, without its bending, is turned by " +
        "0°, scaled by 1.00, with its middle at (0.00, 0.00).",
    ],
  );
  assert.equal(
    legend(two),
    "All pictures with their grids, 1 (solid) and 2 (dashed) of a, then of b; below them what " +
      "each reads, from left to right. Press one to see it large.",
  );
  assert.equal(
    legend({ ...one, runs: [told("a", 4)], images: [[1, 1]], several: true }),
    "All pictures with their grids, 1 (solid), 2 (dashed), 3 (dotted) and 4 (dashes and dots); " +
      "below them what each reads, from left to right, a row for each channel. " +
      "Press one to see it large.",
  );
  assert.equal(
    legend({ ...one, images: [[1, 1]], several: true }),
    "All pictures with their grid; below them what it reads, a row for each channel. " +
      "Press one to see it large.",
  );
  assert.deepEqual(
    [matrixName(plain, -1), matrixName(plain, 1), matrixName(bent, 0)],
    ["θ", "θ of 2", "linear part, θ of 1"],
  );
});

test("the volume explorer says what is left of the box, where it looks and what it holds", () => {
  const made = {
    box: { away: 58.7, determinant: 0.1 },
    share: 0.594,
    outside: 257,
    output: { length: 32768 },
    kept: { box: 0.99, straight: 0.194 },
  };
  const left =
    "The mean along Z keeps 99 % of the variance of what the box reads; straight along z, 19 % of " +
    "the volume\u2019s. ";
  const looks = "The box looks 59° away from z and holds 59 % of the ink. ";
  const outside = "257 of its 32,768 points lie outside the volume and read zeros.";
  for (const [change, said] of [
    [{}, left + looks + outside],
    [{ kept: null }, looks + outside],
    [
      { outside: 0, output: { length: 100 } },
      `${left + looks}None of its 100 points lies outside the volume.`,
    ],
    [
      { outside: 1, output: { length: 1000000 } },
      `${left + looks}1 of its 1,000,000 points lies outside the volume and reads zero.`,
    ],
    [
      { box: { away: 0, determinant: -0.1 } },
      `${left}The box looks 0° away from z and holds 59 % of the ink. ${outside} It reads a mirror image.`,
    ],
    [{ box: { away: 0, determinant: 0 } }, `${left}The box is flat. ${outside}`],
    [
      { kept: { box: null, straight: 0.5 } },
      `What it reads is one grey everywhere. ${looks}${outside}`,
    ],
    [
      { kept: { box: 0.5, straight: null } },
      `The mean along Z keeps 50 % of the variance of what the box reads. ${looks}${outside}`,
    ],
  ])
    assert.equal(volumeCaption({}, { ...made, ...change }), said);
});
