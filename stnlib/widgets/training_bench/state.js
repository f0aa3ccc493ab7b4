// What follows from the settings of the bench and from what has been trained. No DOM.
import { AFFINE_FAMILIES } from "../shared/affine_families.js";
import { affineGrid, mapPoint, sample } from "../shared/warp.js";
import { diagnose } from "./diagnosis.js";
import { READ } from "./model.js";
import { gridRecord } from "./trainer.js";

const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };
const SIZE = [READ, READ];
const ENOUGH = 50; // steps before which nothing is said of a run

const USUAL = {
  family: "similarity",
  start: "identity",
  localisation_rate: 1,
  rate: 1,
  degrees: 20,
  resize: 0.2,
  move: 1,
  background: "black",
  classifier: "small",
  pictures: "new",
  steps: 400,
};
/** A healthy run, and the failures of the book: settings by name. */
export const PRESETS = {
  healthy: USUAL,
  "random start": { ...USUAL, family: "affine", start: "random" },
  "window lost": { ...USUAL, family: "affine", localisation_rate: 20 },
  "classifier dead": { ...USUAL, rate: 20, localisation_rate: 0.1, classifier: "large" },
  "θ at rest": { ...USUAL, localisation_rate: 0 },
  "learned by heart": { ...USUAL, pictures: "256", steps: 1000 },
  "white background": { ...USUAL, background: "white" },
};

export function readState(model, { session }) {
  const values = Object.fromEntries(Object.keys(USUAL).map((key) => [key, model.get(key)]));
  const same = (preset) => Object.entries(preset).every(([key, value]) => values[key] === value);
  const { news, applied } = session;
  return {
    ...values,
    seed: model.get("seed"),
    digit: model.get("digit"),
    held: model.get("held"),
    preset: Object.keys(PRESETS).find((name) => same(PRESETS[name])) ?? null,
    trained: applied.family, // the family of the run, which may wait for another one
    whole: applied.steps,
    step: session.step(),
    running: session.running(),
    stopped: news?.stopped ?? null,
    waiting: session.waiting(),
    images: session.probes,
    news,
  };
}

// The grid of θ over a picture, and what it reads.
function readAt(family, theta, image) {
  const matrix = AFFINE_FAMILIES[family].matrix(theta);
  const grid = affineGrid(matrix, SIZE, false);
  return {
    theta: matrix,
    grid,
    size: SIZE,
    output: sample(image, grid, READING),
    ...gridRecord(matrix),
  };
}

export function derive(state, { session, scratch }) {
  const { news, images, digit, held, trained } = state;
  if (!news || !images.length) return { busy: true };
  const own = news.thetas.map((theta, i) => readAt(trained, theta, images[i]));
  const shown = held ? readAt(trained, held, images[digit]) : own[digit];
  const fresh = String(news.theta ?? "") === String(held ?? "") && news.digit === digit;
  const way = session.path.map((theta) => mapPoint(AFFINE_FAMILIES[trained].matrix(theta), [0, 0]));
  return {
    busy: session.running() || session.following || !fresh,
    own,
    shown,
    way,
    scratch,
    theta: held ?? news.thetas[digit],
    look: fresh ? news.look : null, // null while the bench is still asked
    findings: state.step >= ENOUGH ? diagnose(news.history) : null,
  };
}
