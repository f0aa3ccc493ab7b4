// One map under both conventions: θ and pixel matrices are those of stnlib, and read as torch does.
import assert from "node:assert/strict";
import test from "node:test";
import { codeOf } from "../../stnlib/widgets/convention_checker/code.js";
import { turnInPixels } from "../../stnlib/widgets/convention_checker/pixel_matrix.js";
import {
  derive,
  examples,
  formsOf,
  readOutput,
} from "../../stnlib/widgets/convention_checker/state.js";
import { readNumber, readNumbers } from "../../stnlib/widgets/convention_checker/typed.js";
import { wayLines } from "../../stnlib/widgets/convention_checker/words.js";
import { mapPoint } from "../../stnlib/widgets/shared/warp.js";
import { golden, near } from "./near.mjs";

const { image, cases } = golden("conventions");
const sideOf = (one) => derive({ ...one, image }).sides[Number(one.alignCorners)];

test("all forms are those of stnlib", () => {
  assert.equal(cases.length, 24);
  for (const one of cases) {
    const forms = formsOf(one, one.alignCorners);
    for (const [name, numbers] of Object.entries(one.forms)) near(forms[name], numbers, 1e-6, name);
  }
});

test("a flattened map has no way back", () => {
  const sizes = { input: [5, 8], output: [5, 8] };
  const flat = { given: "opencv", numbers: [1, 1, 0, 1, 1, 0], ...sizes };
  assert.deepEqual(formsOf(flat, false), { theta: null, skimage: null, opencv: flat.numbers });
  const forms = formsOf({ given: "theta", numbers: [1, 0, 0, 0, 0, 0], ...sizes }, true);
  assert.equal(forms.opencv, null);
  assert.equal(forms.skimage[4], 0);
  assert.match(
    codeOf({ forms, alignCorners: true }, sizes),
    /^# no M for OpenCV: the map has no inverse$/m,
  );
});

test("the output is that of torch", () => {
  const told = cases.filter(({ read }) => read);
  assert.equal(told.length, 6);
  for (const one of told)
    near(readOutput({ ...one, image }, formsOf(one, one.alignCorners)).data, one.read);
});

test("the marked pixel goes where the matrix sends it", () => {
  for (const one of cases) near(sideOf(one).way.place, one.place, 1e-6);
});

test("the lines under the picture add up", () => {
  for (const one of cases) {
    const lines = wayLines(sideOf(one), one);
    assert.deepEqual(
      lines.map(({ name }) => name),
      ["X", "Y", "x", "y", "column", "row"],
    );
    const names = Object.fromEntries(
      lines.map(({ name, value }) => [name, Number(value.toFixed(2))]),
    );
    const most = Math.max(...one.input, ...one.output, ...one.forms.theta.map(Math.abs));
    for (const { text, value } of lines) {
      const sum = text.replaceAll("·", "*").replaceAll("−", "-");
      const made = new Function(...Object.keys(names), `return ${sum}`)(...Object.values(names));
      assert.ok(Math.abs(made - value) < 0.01 * (1 + most), text); // of two digits
    }
  }
});

test("a turn slants on a wide picture, and a turn in pixels does not", () => {
  const state = { input: [20, 40], output: [20, 40], pixel: [0, 0], image };
  const made = Object.entries(examples(state)).map(([name, map]) => [
    name,
    derive({ ...state, ...map }),
  ]);
  const { "turn 30° in θ": turned, "turn 30° in pixels": straight } = Object.fromEntries(made);
  near(
    turned.sides.map(({ angle }) => angle),
    [123.0, 124.1],
    1e-3,
  ); // chapter 1: 123.0
  assert.ok(turned.apart > 0.1);
  near(
    straight.sides.map(({ angle }) => angle),
    [90, 90],
  );
  assert.ok(straight.apart < 1e-9);
});

test("a turn in pixels takes the middle to the middle", () => {
  for (const [angle, [rows, columns], [height, width]] of [
    [0.7, [20, 40], [9, 12]],
    [-2, [5, 8], [5, 8]],
  ]) {
    const map = turnInPixels(angle, [rows, columns], [height, width]);
    near(
      mapPoint(map, [(width - 1) / 2, (height - 1) / 2]),
      [(columns - 1) / 2, (rows - 1) / 2],
      1e-9,
    );
    near(Math.atan2(map[3], map[0]), angle, 1e-9);
  }
});

test("typed numbers and pasted matrices are read", () => {
  for (const [text, value] of [
    ["1", 1],
    ["-0.5", -0.5],
    ["\u22120.5", -0.5],
    [" 1e-3 ", 0.001],
    ["0,25", 0.25],
    [".5", 0.5],
    ["", null],
    ["abc", null],
    ["1 2", null],
    ["--1", null],
    ["1/2", null],
  ])
    assert.equal(readNumber(text), value, text);
  for (const [text, numbers] of [
    ["[[1, 0, 5], [0, 1, -2.5]]", [1, 0, 5, 0, 1, -2.5]],
    [
      "tensor([[[ 0.866, -0.500,  1e-3],\n         [ 0.500,  0.866, .5]]])",
      [0.866, -0.5, 0.001, 0.5, 0.866, 0.5],
    ],
    ["[[1 0 5]\n [0 1 3]\n [0 0 1]]", [1, 0, 5, 0, 1, 3]],
    ["[[1, 0, 5], [0, 1, 3], [0, 0.1, 1]]", null],
    ["1 2 3", null],
    ["", null],
  ])
    assert.deepEqual(readNumbers(text), numbers, text);
});
