// The walk of the alignment landscape is descent in torch: blur, losses, slopes, basin.
import assert from "node:assert/strict";
import test from "node:test";
import {
  blurPicture,
  lossesAt,
  offBy,
  onMap,
  prepare,
  startPath,
  walkOn,
} from "../../stnlib/widgets/alignment_landscape/walk.js";
import { golden, near } from "./near.mjs";

const known = golden("descent");
const { side, rate } = known;
const picture = { data: known.bytes.map((byte) => byte / 255), height: side, width: side };
const walk = ({ count, start, blur, by = rate }) => {
  const ready = prepare(blurPicture(picture, blur));
  return walkOn(ready, startPath(ready, count, start), by, 200);
};

test("descent in the page is descent in torch", () => {
  assert.equal(known.walks.length, 9);
  for (const one of known.walks) {
    const path = walk(one);
    assert.equal(path.length, 201);
    for (const { step, theta, slopes, loss } of one.path) {
      const what = `${one.count} numbers, step ${step}`;
      near(path[step].theta, theta, 1e-6, what);
      near(path[step].slopes, slopes, 1e-4, what);
      near(path[step].loss, loss, 1e-6, what);
    }
    near(offBy(path[200].theta, side), one.off, 1e-5);
  }
});

test("blur is that of torch, and opens the basin for the first start", () => {
  for (const { sigma, data } of known.blurred)
    near(blurPicture(known.small, sigma).data, data, 1e-7);
  const [sharp, soft] = known.walks;
  assert.deepEqual([sharp.blur, soft.blur], [0, 2]);
  assert.ok(offBy(walk(sharp)[200].theta, side) > 10);
  assert.ok(offBy(walk(soft)[200].theta, side) < 0.1);
});

test("the map holds the loss of each start", () => {
  const losses = [...lossesAt(prepare(blurPicture(picture, 1)), known.places)];
  near(losses, known.losses, 1e-6);
  const [middle] = losses.splice(12, 1); // the true place
  assert.ok(middle < 1e-20);
  assert.ok(Math.min(...losses) > 0.5);
});

test("places on the map and distances are right", () => {
  const { place, theta, off } = known.there;
  near(onMap(theta, side), place, 1e-5);
  near(onMap(theta, side, 380), [place[0] + 360, place[1]], 1e-5);
  near(offBy(theta, side), off);
  near(offBy([1, 0, (2 * 1.6) / side, 0, 1, (2 * 1.2) / side], side), 2);
});

test("the basin is that of torch", () => {
  for (const { count, off } of known.basin) {
    const ends = known.starts.map((start) =>
      offBy(walk({ count, start, blur: 1 })[200].theta, side),
    );
    assert.deepEqual(
      ends.map((end) => end < 1),
      off.map((end) => end < 1),
    );
    assert.equal(new Set(ends.map((end) => end < 1)).size, 2);
  }
});
