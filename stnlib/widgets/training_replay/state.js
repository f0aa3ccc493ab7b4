// What follows from the settings of a training replay: the runs shown, and what each grid reads of
// each picture at this step. A picture is a list of its channels. No DOM.
import { keepIndex } from "../shared/numbers.js";
import { partsOver, readAt, recordAt, stepsOf } from "./runs.js";

export function readState(model, { runs: all, last, images, labels }) {
  const [left, right] = [model.get("left"), model.get("right")];
  const runs = [left, right]
    .filter((name) => name !== null)
    .map((name) => all.find((run) => run.name === name));
  const numbered = runs.some(({ families }) => families.length > 1); // several grids on a picture
  const digit = keepIndex(model.get("digit"), images.length);
  return {
    runs,
    left,
    right,
    last,
    steps: stepsOf(runs),
    step: model.get("step"),
    digit,
    images,
    labels,
    image: images[digit],
    numbered,
    several: numbered || images[0].length > 1,
  };
}

export function derive({ runs, images, step, digit }, { scratch }) {
  const records = runs.map((run) => recordAt(run, step));
  return {
    records,
    scratch,
    reads: runs.map((run, k) => images.map((image, i) => readAt(run, records[k], i, image))),
    parts: runs.map((run) => partsOver(run, digit)),
  };
}
