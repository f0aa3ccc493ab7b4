// The slopes of reading and of a loss are those of torch's autograd; what the pixel lab makes of them.
import assert from "node:assert/strict";
import test from "node:test";
import { deadZones, derive, judgedAt } from "../../stnlib/widgets/pixel_lab/state.js";
import { lossSlopes, readSlopes, withRim } from "../../stnlib/widgets/shared/slopes.js";
import { golden, near } from "./near.mjs";

const { cases, losses } = golden("slopes");
const lab = golden("lab");
const image = { data: lab.image.flat(), height: lab.image.length, width: lab.image[0].length };
const stateAt = (point, more = {}) => {
  const options = { mode: "bilinear", padding: "zeros", alignCorners: false, ...more.options };
  return { image, pixel: null, ...options, point, ...more, options };
};

test("slopes are those of torch: inside, far outside and on every kink", () => {
  assert.equal(cases.length, 39);
  for (const { options, at, ...picture } of cases) {
    for (const [x, y, ...expected] of at) {
      near(readSlopes(picture, x, y, options), expected, 1e-6, JSON.stringify([options, x, y]));
    }
  }
});

test("the slopes of a loss by θ are those of torch", () => {
  for (const { target, theta, loss, gradient, ...picture } of losses) {
    const slopes = [0, 0, 0, 0, 0, 0];
    near(lossSlopes(withRim(picture), target, theta, slopes), loss, 1e-7);
    near(slopes, gradient, 1e-7);
    near(lossSlopes(withRim(picture), target, theta), loss, 1e-7);
  }
});

test("by hand, by autograd and by differences agree at every stop", () => {
  const { entries } = lab.judged;
  assert.equal(entries.length, 7 * 6); // the point of the figure is a stop too
  for (const { point, mode, padding, autograd, differences } of entries) {
    const { slopes } = derive(stateAt(point, { options: { mode, padding } }), {});
    near(
      slopes.map(({ taken }) => taken),
      autograd,
    );
    near(
      slopes.map(({ left, right }) => (left + right) / 2),
      differences,
    );
  }
});

test("the sides of a kink are the differences of neighbours", () => {
  const [along] = derive(stateAt([6, 1]), {}).slopes;
  near([along.left, along.right], [-0.6, -0.3]);
  assert.ok(along.kink);
  const { slopes, value } = derive(stateAt([2.3, 0.8]), {});
  assert.ok(slopes.every(({ kink }) => !kink));
  near(value, 0.754);
});

test("the gradient by the pixels is that of torch", () => {
  assert.equal(lab.cases.length, 48);
  for (const { options, point, value, byPixel, ...picture } of lab.cases) {
    const derived = derive(stateAt(point, { image: picture, options }), {});
    near(derived.value, value);
    near(derived.byPixel, byPixel);
  }
});

test("in a dead zone no step changes the value, and elsewhere one may", () => {
  const data = [0.9, 0.5, 0.7, 0.4, 0.8, 0.2, 0.6, 0.3, 1];
  for (const padding of ["zeros", "border", "reflection"]) {
    for (let k = 0; k < 21 * 21; k++) {
      const [x, y] = [(k % 21) / 4 - 1.65, Math.floor(k / 21) / 4 - 1.65];
      const state = stateAt([x, y], { image: { data, height: 3, width: 3 }, options: { padding } });
      const flat = derive(state, {}).slopes.every(({ taken }) => Math.abs(taken) < 1e-9);
      const dead = deadZones(state).some(([l, t, r, b]) => l < x && x < r && t < y && y < b);
      // with reflection there are flat places between mirrors, but no zone
      assert.equal(dead, padding === "reflection" ? false : flat, `${padding} ${x} ${y}`);
    }
  }
});

test("Python is asked only about the picture that it judged", () => {
  near(judgedAt({ ...stateAt([2.3, 0.8]), judged: lab.judged }).autograd, [0.18, 0.38]);
  assert.equal(judgedAt({ ...stateAt([2.4, 0.8]), judged: lab.judged }), null);
  const data = image.data.map((value, i) => (i === 3 ? 0.55 : value));
  assert.equal(
    judgedAt({ ...stateAt([2.3, 0.8], { image: { ...image, data } }), judged: lab.judged }),
    null,
  );
});
