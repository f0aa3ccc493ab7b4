// A volume is read as torch reads it; boxes turn as in Python, and follow the hand.
import assert from "node:assert/strict";
import test from "node:test";
import { cloudOf, insideOf, paintCloud } from "../../stnlib/widgets/volume_explorer/cloud.js";
import { controls } from "../../stnlib/widgets/volume_explorer/controls.js";
import { aimOf, hands } from "../../stnlib/widgets/volume_explorer/hands.js";
import {
  kept,
  middleSlices,
  project,
  readVolume,
} from "../../stnlib/widgets/volume_explorer/read.js";
import {
  apply,
  determinant,
  halfOf,
  invert,
  linearOf,
  middleOf,
  multiply,
  partsOf,
  thetaOf,
  transpose,
  turnOf,
  turnTo,
} from "../../stnlib/widgets/volume_explorer/space.js";
import { boxOf, derive, viewOf } from "../../stnlib/widgets/volume_explorer/state.js";
import { golden, near } from "./near.mjs";

const { cases, boxes } = golden("volumes");
const CUBE = [1, 1, 1];
const [IDENTITY, NONE] = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0, 0, 0],
];

test("what a box reads is what torch reads, and its points outside are counted", () => {
  assert.equal(cases.length, 12);
  for (const { data, size, theta, output, outside } of cases) {
    const read = readVolume({ data, size }, theta);
    near(read.output, output, 1e-6, JSON.stringify(size));
    assert.equal(read.outside, outside);
  }
  assert.ok(cases.some(({ outside }) => outside > 0));
});

test("projections and slices are those of torch, and so is the variance that is left", () => {
  for (const { size, output, mean, max, slices, kept: share } of cases) {
    near(project(output, size, "mean").data, mean, 1e-6);
    near(project(output, size, "max").data, max, 1e-6);
    near(
      middleSlices(output, size).map(({ data }) => data),
      slices,
      1e-6,
    );
    if (share !== undefined) near(kept(output, mean), share, 1e-5);
  }
  const [, , { height, width }] = middleSlices(new Float32Array(24), [2, 3, 4]);
  assert.deepEqual([height, width], [3, 2]);
  assert.equal(kept([0.5, 0.5], [0.5]), null);
});

test("boxes are turned and sized as in Python, and their parts are found again", () => {
  for (const { angles, size, depth, theta } of boxes) {
    const stretch = IDENTITY.map((value, i) => value * size * (i === 8 ? depth : 1));
    near(thetaOf(multiply(turnOf(angles), stretch), [0.1, -0.2, 0.3], CUBE), theta, 1e-6);
    const parts = partsOf(linearOf(theta, CUBE));
    near([parts.angles, parts.size, parts.depth], [angles, size, depth], 1e-5);
    near(multiply(parts.rotation, transpose(parts.rotation)), IDENTITY, 1e-9);
  }
  const mirrored = partsOf([1, 0, 0, 0, 1, 0, 0, 0, -0.5]);
  near([mirrored.angles, mirrored.depth], [...NONE, -0.5]);
  for (const flat of [Array(9).fill(0), [1, 1, 1, 2, 2, 2, 3, 3, 3]])
    assert.ok(Object.values(partsOf(flat)).flat().every(Number.isFinite));
});

test("maps lead back, and the smallest turn leads there", () => {
  const a = [0.5, 0.2, 0, -0.2, 0.6, 0.1, 0.1, 0, 0.4];
  near(multiply(invert(a), a), IDENTITY, 1e-9);
  near(determinant(a), 0.138);
  assert.equal(invert([1, 0, 0, 0, 1, 0, 0, 0, 0]), null);
  const turn = turnTo([0, 0, -2], [3, 0, -4]);
  near(apply(turn, [0, 0, -1]), [0.6, 0, -0.8]);
  near(apply(turn, [0, 1, 0]), [0, 1, 0]);
  near(turnTo([1, 0, 0], [-1, 0, 0]), IDENTITY);
});

const size = [6, 9, 14];
const half = halfOf(size);
const data = Float32Array.from({ length: 6 * 9 * 14 }, (_, i) => ((7 * i) % 11 < 4 ? 1 : 0));
const volume = { data, size };
volume.cloud = cloudOf(volume);
const theta = [0.5, 0.2, 0, 0.1, -0.2, 0.6, 0.1, -0.1, 0.1, 0, 0.4, 0.3];
const start = { volume, theta, boxes: [["one", theta]], projection: "mean", view: [-10, 22] };
const made = (state) => derive(state, { changed: () => true });
const places = { unit: 600, middle: [600, 600], view: [0, 0, 1200, 1200] };

function dragged(id, by, state = start) {
  const hand = hands(state, made(state)).find((one) => one.id === id);
  const spot = hand.spot(places, state);
  const to = spot.map((value, i) => value + by[i]);
  const after = { ...state, ...hand.move({ state, places, at: spot }, to) };
  return {
    after,
    to,
    spot: hands(after, made(after))
      .find((one) => one.id === id)
      .spot(places, after),
  };
}

test("the box follows the hand, and keeps its shape while it is moved", () => {
  for (const view of [[-10, 22], NONE.slice(1), [140, -60]]) {
    const { after, to, spot } = dragged("middle", [30, -45], { ...start, view });
    near(spot, to, 1e-5);
    near(linearOf(after.theta, half), linearOf(theta, half), 1e-5);
    const seen = viewOf(view);
    const depth = (t) => apply(seen, boxOf(t, half).middle)[2];
    near(depth(after.theta), depth(theta), 1e-5); // in the plane of the screen
  }
});

test("the end of its axis follows the hand too; the box is turned about its middle, no more", () => {
  const { after, to, spot } = dragged("aim", [35, -30]);
  near(spot, to, 1e-5);
  near(middleOf(after.theta), middleOf(theta));
  const [before, now] = [theta, after.theta].map((t) => linearOf(t, half));
  near(multiply(transpose(now), now), multiply(transpose(before), before), 1e-5);
  near(determinant(now), determinant(before), 1e-5);
  const seen = viewOf(start.view);
  const behind = (t) => {
    const box = boxOf(t, half);
    return aimOf(box, seen, -1)[2] > apply(seen, box.middle)[2];
  };
  assert.equal(behind(after.theta), behind(theta));
  const far = dragged("aim", [-500, 0]).after.theta; // beyond the rim
  assert.notEqual(behind(far), behind(theta));
});

test("two hands are never in one place, and can be dragged from there", () => {
  const straight = [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0];
  const state = { ...start, theta: straight, view: [0, 0] };
  const [middle, aim] = hands(state, made(state)).map((hand) => hand.spot(places, state));
  near([middle, aim], [600, 600, 600, 570]);
  const near1 = dragged("aim", [25, 0], state);
  near(apply(linearOf(near1.after.theta, half), [0, 0, -1])[1], 0);
  near(near1.spot, [630, 600]);
});

test("the view turns with the hand: what is near goes along", () => {
  const { after, to, spot } = dragged("view", [20, 10]);
  assert.deepEqual(after.view, [-16, 27]);
  near(spot, [to[0], 1180], 2e-3);
  const front = (view) => apply(viewOf(view), [0, 0, -1]);
  const [before, now] = [front(start.view), front(after.view)];
  assert.ok(now[0] > before[0] && now[1] > before[1]);
  near(viewOf([0, 0]), IDENTITY);
  assert.deepEqual(dragged("view", [-500, 500]).after.view, [145, 90]);
});

test("each slider sets its own part and leaves the others", () => {
  const cube = { data: new Float32Array(8), size: [2, 2, 2] };
  const state = { ...start, volume: cube, theta: boxes[1].theta };
  const { sliders } = controls({ now: () => state });
  const values = (one) => sliders.map(({ value }) => value(one));
  const before = values(state);
  const wanted = [40, -100, 15, 0.5, -0.5, 0.25, 1.2, 0.3];
  sliders.forEach(({ change }, k) => {
    const expected = before.map((value, i) => (i === k ? wanted[k] : value));
    near(values({ ...state, ...change(wanted[k], state) }), expected, 1e-3, sliders[k].name);
  });
});

test("a box is chosen by its name, and named while it stays", () => {
  const preset = controls({ now: () => start }).choices[0];
  assert.equal(preset.name, "preset");
  assert.equal(preset.value(start), "one");
  assert.equal(preset.value({ ...start, theta: boxes[1].theta }), undefined);
  assert.deepEqual(preset.change("one", start), { theta });
});

test("the ink in a box is that of the voxels whose middles lie in it", () => {
  const all = boxOf([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], half);
  const share = (box) => insideOf(volume.cloud, invert(box.linear), box.middle, half).share;
  near(share(all), 1);
  const left = boxOf([0.5, 0, 0, -0.5, 0, 1, 0, 0, 0, 0, 1, 0], half); // columns 0 to 6
  const ink = data.reduce((sum, value, i) => sum + (i % 14 < 7 ? value : 0), 0);
  near(share(left), ink / data.reduce((a, b) => a + b));
  assert.equal(insideOf(volume.cloud, null, NONE, half).share, 0);
});

test("the cloud shows each voxel at its place, the near one before the far one", () => {
  const two = { data: new Float32Array(64), size: [4, 4, 4] };
  two.data[0] = two.data[3 * 16 + 5] = 1; // (x, y, z) = (0, 0, 0) and, far away, (1, 1, 3)
  const cloud = cloudOf(two);
  const image = { width: 80, data: new Uint8ClampedArray(4 * 80 * 80) };
  paintCloud(cloud, Uint8Array.from([0, 1]), IDENTITY, image, 1);
  const at = (x, y) => Array.from(image.data.slice(4 * (y * 80 + x), 4 * (y * 80 + x) + 4));
  const [near0, far1, empty] = [at(10, 10), at(30, 30), at(60, 60)];
  assert.ok(near0[2] > near0[0] && near0[3] > 150); // blue: outside the box
  assert.ok(far1[0] > far1[2] && far1[3] > 150); // orange: in it
  assert.equal(empty[3], 0);
  const turned = viewOf([0, 90]); // from above: the first stands before the second no more
  const side = { width: 80, data: new Uint8ClampedArray(4 * 80 * 80) };
  paintCloud(cloud, Uint8Array.from([0, 1]), turned, side, 1);
  assert.notDeepEqual(side.data, image.data);
  const line = { data: new Float32Array(64), size: [4, 4, 4] };
  line.data[5] = line.data[3 * 16 + 5] = 1; // one behind the other
  const one = { width: 80, data: new Uint8ClampedArray(4 * 80 * 80) };
  paintCloud(cloudOf(line), Uint8Array.from([0, 1]), IDENTITY, one, 1);
  const [red, , blue] = one.data.slice(4 * (30 * 80 + 30));
  assert.ok(blue > red);
});
