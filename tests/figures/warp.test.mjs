// Coordinates, grids, reading and throwing are those of torch and of stnlib; the hand's moves.
import assert from "node:assert/strict";
import test from "node:test";
import {
  dragCorner,
  moveBy,
  nudgeCorner,
  tidy,
  turnBy,
} from "../../stnlib/widgets/shared/moves.js";
import {
  affineGrid,
  axis,
  decompose,
  fromParts,
  IDENTITY,
  mapPoint,
  pixelFromNormalised,
  readPoint,
  roundEven,
  sample,
  settle,
  splat,
  throwPoint,
} from "../../stnlib/widgets/shared/warp.js";
import { golden, near, pairs } from "./near.mjs";

const { axes, cases, parts, halves } = golden("reading");
const thetas = parts.map((row) => row.slice(0, 6));
const CORNERS = pairs([-1, 1], [-1, 1]);
const gridOf = ({ theta, size, options }) => affineGrid(theta, size, options.alignCorners);

test("axes and pixel coordinates are those of stnlib", () => {
  for (const { n, alignCorners, axis: places, pixels } of axes) {
    near(axis(n, alignCorners), places, 1e-7, `axis of ${n}`);
    near(
      [-1.3, 0, 0.7].map((x) => pixelFromNormalised(x, n, alignCorners)),
      pixels,
      1e-7,
      `${n}`,
    );
  }
});

test("grids are those of torch", () => {
  const told = cases.filter((one) => one.grid);
  assert.equal(told.length, 32);
  for (const one of told) near(gridOf(one), one.grid, 1e-7, JSON.stringify(one.size));
});

test("reading is that of torch in every mode, padding and convention", () => {
  assert.equal(new Set(cases.map(({ options }) => JSON.stringify(options))).size, 12);
  for (const one of cases)
    near(sample(one, gridOf(one), one.options), one.output, 1e-6, JSON.stringify(one));
});

test("a half goes to the even number", () => {
  for (const [value, rounded] of halves) assert.equal(roundEven(value), rounded);
});

test("the identity gives the picture back", () => {
  for (const { data, height, width, options } of cases) {
    const grid = affineGrid(IDENTITY, [height, width], options.alignCorners);
    near(sample({ data, height, width }, grid, options), data, 1e-6, JSON.stringify(options));
  }
});

test("the details of one reading add up to the sampled value", () => {
  for (const one of cases) {
    const grid = gridOf(one);
    one.output.forEach((expected, k) => {
      const { value, cells } = readPoint(one, [grid[2 * k], grid[2 * k + 1]], one.options);
      near(value, expected);
      near(
        cells.reduce((sum, { weight }) => sum + weight, 0),
        1,
      );
    });
  }
});

test("throwing is that of stnlib, its holes and pile-ups counted", () => {
  const thrown = cases.filter((one) => one.total);
  assert.equal(thrown.length, 32);
  for (const one of thrown) {
    const { size, options } = one;
    const grid = affineGrid(one.theta, [one.height, one.width], options.alignCorners);
    const done = splat(one, grid, size, options);
    const { average, holes, pileUps } = settle(done);
    near([...done.total, ...done.weight, ...average], [one.total, one.weight, one.average]);
    assert.deepEqual([holes, pileUps], [one.holes, one.pileUps]);
  }
});

test("the details of one throw are what it adds", () => {
  for (const one of cases.filter((each) => each.total)) {
    const { data, height, width, size, options } = one;
    const grid = affineGrid(one.theta, [height, width], options.alignCorners);
    const total = new Float64Array(size[0] * size[1]);
    data.forEach((value, k) => {
      for (const cell of throwPoint([grid[2 * k], grid[2 * k + 1]], size, options).cells) {
        if (cell.inside) total[cell.row * size[1] + cell.column] += cell.weight * value;
      }
    });
    near(total, one.total);
  }
});

test("the parts of θ are those of stnlib, and lead back", () => {
  for (const row of parts) {
    near(Object.values(decompose(row.slice(0, 6))), row.slice(6));
    near(fromParts(decompose(row.slice(0, 6))), row.slice(0, 6));
  }
  for (const flat of [
    [0, 0, 0.1, 0, 0, 0.2],
    [1, 2, 0, 2, 4, 0],
    [0, 1, 0, 0, 1, 0],
  ]) {
    assert.ok(Object.values(decompose(flat)).every(Number.isFinite));
  }
});

test("a dragged corner follows the pointer and the opposite one stays", () => {
  let followed = 0;
  const tries = pairs(pairs(thetas, CORNERS), [false, true]);
  tries.forEach(([[theta, [sx, sy]], slide], i) => {
    const goal = thetas[(i + 1) % thetas.length].slice(0, 2);
    const after = dragCorner(theta, [sx, sy], goal, slide);
    near(mapPoint(after, [-sx, -sy]), mapPoint(theta, [-sx, -sy]), 1e-9);
    if (slide) near(mapPoint(after, [sx, -sy]), mapPoint(theta, [sx, -sy]), 1e-9);
    const corner = mapPoint(after, [sx, sy]);
    followed += Math.hypot(corner[0] - goal[0], corner[1] - goal[1]) < 1e-6;
  });
  assert.ok(followed >= 0.9 * tries.length); // the rest would make a side shorter than allowed
});

test("turning and moving keep what they should", () => {
  const theta = fromParts({ rotation: 0.3, scaleX: 0.7, shear: 0.2, tX: 0.4 });
  near(Object.values(decompose(turnBy(theta, 0.5))), [0.8, 0.7, 1, 0.2, 0.4, 0], 1e-9);
  near(moveBy(theta, [0.1, 0.2]), [theta[0], theta[1], 0.5, theta[3], theta[4], 0.2], 1e-9);
  near(
    mapPoint(nudgeCorner(theta, [1, 1], [0.05, -0.02]), [1, 1]),
    mapPoint(theta, [1, 1]).map((value, i) => value + [0.05, -0.02][i]),
    1e-9,
  );
  assert.deepEqual(tidy([1 / 3, -0.12345678, Infinity, NaN]), [0.333333, -0.123457, 0, 0]);
});
