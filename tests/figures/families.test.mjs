// The families of maps are those of stnlib.transforms; what a dragged point does to them.
import assert from "node:assert/strict";
import test from "node:test";
import { adopt, dragPoint, familyOf, held } from "../../stnlib/widgets/grid_bender/families.js";
import { caption, KEEPS } from "../../stnlib/widgets/grid_bender/words.js";
import { solve } from "../../stnlib/widgets/shared/control_families.js";
import { axis, bentGrid } from "../../stnlib/widgets/shared/warp.js";
import { golden, near } from "./near.mjs";

const { cases, horizon } = golden("families");
const jetsAt = (jet, points) => points.map(([x, y]) => jet(x, y));

test("grids, folds and determinants are those of stnlib", () => {
  assert.ok(cases.length >= 12);
  assert.ok(cases.filter(({ folded }) => folded.includes(1)).length > 3);
  for (const { name, size, theta, ...known } of cases) {
    const { jet, count } = familyOf(name, size);
    const { grid, folded } = bentGrid(jet(theta), axis(9, false), axis(7, false));
    near(grid, known.grid, 1e-6, name);
    assert.deepEqual([...folded], known.folded, name);
    near(jetsAt(jet(theta), known.outside), known.jets, 1e-6, name);
    assert.equal(count, theta.length);
  }
});

test("the horizon is kept away as in stnlib", () => {
  near(jetsAt(familyOf("projective").jet(horizon.theta), horizon.outside), horizon.jets);
});

test("the linear part of a spline is that of stnlib", () => {
  const splines = cases.filter(({ linear }) => linear);
  assert.equal(splines.length, 4);
  for (const { name, size, theta, linear } of splines)
    near(familyOf(name, size).linearPart(theta), linear);
});

test("a family's own points say which numbers it has", () => {
  for (const { name, size, theta, anchors } of cases) {
    const family = familyOf(name, size);
    if (anchors) near(family.anchors, anchors);
    near(family.fit(held(family, theta)), theta, 1e-6, name);
  }
});

test("a dragged point goes where the hand says, and the others stay", () => {
  for (const { name, size, theta } of cases) {
    const family = familyOf(name, size);
    const start = held(family, theta);
    start.forEach(([x, y], index) => {
      const after = held(family, dragPoint(family, theta, index, [x + 0.07, y - 0.05]));
      if (name === "attention" && index === 1) {
        // one number cannot follow both ways
        near(after[1][0] - after[0][0], after[1][1] - after[0][1], 1e-9);
        return;
      }
      const together = family.together && index === 0;
      const goal = start.map(([u, v], i) =>
        together || i === index ? [u + 0.07, v - 0.05] : [u, v],
      );
      near(after, goal, 1e-6, `${name} ${index}`);
    });
  }
});

test("the words say of each family what it keeps, and nothing is undefined", () => {
  const names = [...new Set(cases.map(({ name }) => name))];
  assert.deepEqual(Object.keys(KEEPS).sort(), names.sort());
  for (const { name, theta, folded } of cases)
    assert.doesNotMatch(caption({ name, theta }, { folded, linear: false }), /undefined/);
});

test("another family takes over what it can", () => {
  const { theta } = cases.find(({ name }) => name === "projective");
  const from = familyOf("projective").jet(theta);
  for (const { name, size } of cases.slice(2)) {
    const family = familyOf(name, size);
    near(
      held(family, adopt(family, from)),
      family.anchors.map(([x, y]) => from(x, y).slice(0, 2)),
    );
  }
  const straight = cases.find(({ name }) => name === "affine");
  const jet = familyOf("affine").jet(straight.theta);
  for (const name of ["projective", "thin plate spline", "piece-wise affine"]) {
    const family = familyOf(name, [3, 3]);
    near(
      bentGrid(family.jet(adopt(family, jet)), axis(9, false), axis(7, false)).grid,
      straight.grid,
    );
  }
});

test("what no map can do is refused", () => {
  assert.equal(
    familyOf("projective").fit([
      [-1, -1],
      [0, 0],
      [1, 1],
      [2, 0],
    ]),
    null,
  );
  assert.equal(
    familyOf("similarity").fit([
      [1, 1],
      [1, 1],
    ]),
    null,
  );
  assert.equal(dragPoint(familyOf("similarity"), [0, 0, 0, 0], 1, [0, 0]), null);
});

test("solving needs the largest pivot", () => {
  const matrix = [
    [0, 2, 1],
    [1, 1e-14, 3],
    [2, 1, 0],
  ];
  const sides = [
    [1, 0],
    [2, 1],
    [3, -1],
  ];
  const found = solve(matrix, sides);
  near(
    matrix.map((row) => [0, 1].map((j) => row.reduce((sum, v, i) => sum + v * found[i][j], 0))),
    sides,
    1e-9,
  );
});
