// The runs of a training replay: decoded as they were recorded, read as torch reads, and stepped.
import assert from "node:assert/strict";
import test from "node:test";
import { lastUpTo, nearestStep, stepBy } from "../../stnlib/widgets/shared/player.js";
import { fromParts } from "../../stnlib/widgets/shared/warp.js";
import { apart } from "../../stnlib/widgets/training_replay/charts.js";
import {
  channelsOf,
  decodeRun,
  errorAt,
  partsOf,
  partsOver,
  readAt,
  recordAt,
  stepsOf,
} from "../../stnlib/widgets/training_replay/runs.js";
import { bytesOf, golden, near } from "./near.mjs";

const known = golden("replay");
const decoded = (run) => decodeRun({ ...run, theta: bytesOf(run.theta) });
const images = known.images.map((data) => ({ data, height: 6, width: 8 }));
const run = decoded(known.cases[0].run);

test("the page decodes what was recorded", () => {
  near(run.values, known.theta, 1e-4);
  assert.deepEqual([run.pictures, run.step, run.error], [2, [0, 10, 40], [50, 12.5]]);
});

test("what the grids read is what torch reads", () => {
  assert.equal(known.cases.length, 12);
  for (const { run: stored, output } of known.cases) {
    const one = decoded(stored);
    const reads = [0, 3, 4].map((i) => readAt(one, i >> 1, i % 2, [images[i % 2]])[0].outputs[0]);
    near(reads, output, 1e-6, `${one.mode} ${one.padding} ${one.alignCorners}`);
  }
});

test("several grids read each channel as torch does", () => {
  const { run: stored, channels, grids, outputs, linear } = known.several;
  const two = decoded(stored);
  assert.deepEqual([two.pictures, two.count, two.families.length], [1, 18, 2]);
  const picture = channels.map((data) => ({ data, height: 6, width: 8 }));
  const seen = readAt(two, 2, 0, picture);
  assert.deepEqual(
    seen.map(({ bent }) => bent),
    [false, true],
  );
  near(
    seen.map(({ grid }) => grid),
    grids,
    1e-6,
    "grids",
  );
  near(
    seen.map(({ theta }) => theta),
    linear,
    1e-6,
    "linear parts",
  );
  near(
    seen.map((map) => map.outputs),
    outputs,
    1e-6,
    "outputs",
  );
  const [x, y] = seen[1].at([-1, -1]); // under align_corners the first point of the grid
  near([x, y], grids[1].slice(0, 2));
  const parts = partsOver(two, 0);
  near(
    parts.map(({ tX, tY }) => [tX[2], tY[2]]),
    linear.map((theta) => [theta[2], theta[5]]),
  );
});

test("numbers beside curves are pushed apart, and stay above the floor", () => {
  assert.deepEqual(apart([10, 12, 40], 11, 50), [10, 21, 40]);
  assert.deepEqual(apart([10, 45, 49], 11, 50), [10, 39, 50]);
  assert.deepEqual(apart([48, 49, 50], 11, 50), [28, 39, 50]);
});

test("pictures are lists of their channels", () => {
  const planes = ["a", "b", "c", "d", "e", "f"];
  assert.deepEqual(channelsOf(planes, [2, 3, 28, 48]), [
    ["a", "b", "c"],
    ["d", "e", "f"],
  ]);
  assert.deepEqual(channelsOf(planes.slice(0, 2), [2, 28, 48]), [["a"], ["b"]]);
});

test("the parts of θ are a turn, a scale and a middle", () => {
  for (const [turn, scale] of [
    [0.1, 0.5],
    [-1.2, 1],
    [3, 2],
  ]) {
    const theta = fromParts({ rotation: turn, scaleX: scale, scaleY: scale, tX: 0.25, tY: -0.75 });
    near(Object.values(partsOf(theta)), [(turn * 180) / Math.PI, scale, 0.25, -0.75], 1e-9);
  }
});

test("a turn past half a circle makes no jump", () => {
  const degrees = [0, 1, 2, 3, 4, 5].map((i) => ((2.8 + 0.2 * i) * 180) / Math.PI);
  near(partsOver(decoded(known.turning), 0)[0].turn, degrees, 1e-4);
});

test("steps between records show the last record", () => {
  const steps = [0, 9, 10, 19, 20, 39, 40, 99];
  assert.deepEqual(
    steps.map((step) => recordAt(run, step)),
    [0, 0, 1, 1, 1, 1, 2, 2],
  );
  assert.deepEqual(
    steps.map((step) => errorAt(run, step)),
    [null, null, null, null, 50, 50, 12.5, 12.5],
  );
  assert.deepEqual(
    [-1, 0, 10, 99].map((value) => lastUpTo([0, 10, 40], value)),
    [-1, 0, 1, 2],
  );
});

test("moving through the steps", () => {
  const steps = [0, 10, 20, 40];
  assert.deepEqual(
    [-5, 4, 6, 16, 29, 31, 90].map((v) => nearestStep(steps, v)),
    [0, 0, 10, 20, 20, 40, 40],
  );
  assert.deepEqual(
    [
      [0, 1],
      [10, -5],
      [20, 9],
      [15, 1],
    ].map((pair) => stepBy(steps, ...pair)),
    [10, 0, 40, 20],
  );
  assert.deepEqual(stepsOf([{ step: steps }, { step: [0, 5, 20, 25] }]), [0, 5, 10, 20, 25, 40]);
});
