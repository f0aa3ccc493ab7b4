// One training run: batches, steps, and what stnlib.training.History records of them. No DOM.
import { AFFINE_FAMILIES } from "../shared/affine_families.js";
import { makeRandom } from "../shared/random.js";
import { affineGrid, determinant } from "../shared/warp.js";
import { cosine, makeAdam } from "./adam.js";
import { distort } from "./digits.js";
import { CLASSES, crossEntropy, makeModel, READ, SIDE } from "./model.js";

export const [BATCH, RATE, RECORD_EVERY, EVALUATE_EVERY] = [64, 5e-3, 10, 50];
const [TEST_SEED, FIXED] = [99, 256]; // of the test pictures; pictures of a small training set
export const PROBES = 8; // test pictures to watch, the first of each class from 2 on

const AREA = SIDE * SIDE;
const lengthOf = (lists) =>
  Math.sqrt(lists.reduce((sum, list) => list.reduce((s, value) => s + value * value, sum), 0));
const copy = (from, to) => from.weights.forEach((weight, i) => to.weights[i].set(weight));

// The settings of a figure as a run has them.
/** @type {(values: any) => any} */
export const forRun = ({ background, pictures, ...rest }) => ({
  ...rest,
  white: background === "white",
  fresh: pictures === "new",
});

// torch's own start: even numbers within 1/√inputs; the regression layer at the identity, or not.
export function start({ look, classify }, { family, start: kind }, random) {
  for (const net of [look, classify]) {
    net.weights.forEach((weight, i) => {
      const bound = 1 / Math.sqrt(net.inputs[i]);
      for (let k = 0; k < weight.length; k++) weight[k] = bound * (2 * random() - 1);
    });
  }
  if (kind !== "identity") return;
  const [weight, bias] = look.weights.slice(-2);
  weight.fill(0);
  bias.set(AFFINE_FAMILIES[family].identity);
}

// Distort digits into one batch: {images, labels}.
function makeBatch(digits, settings, random) {
  const images = new Float64Array(digits.length * AREA);
  digits.forEach((digit, n) => {
    const draw = [random(), random(), random(), random()];
    distort(digit, settings, draw, images.subarray(n * AREA, (n + 1) * AREA));
  });
  return { images, labels: digits.map(({ label }) => label) };
}

// How much of each grid lies outside, and how far its points are apart in pixels.
export function gridRecord(matrix) {
  const grid = affineGrid(matrix, [READ, READ], false);
  let outside = 0;
  for (let k = 0; k < grid.length; k += 2)
    if (Math.abs(grid[k]) > 1 || Math.abs(grid[k + 1]) > 1) outside += 1;
  const spacing = (Math.sqrt(Math.abs(determinant(matrix))) * SIDE) / READ;
  return { outside: outside / (READ * READ), spacing };
}

// The standard deviation of each score over the pictures, a mean over the scores.
function spreadOf(scores) {
  const count = scores.length / CLASSES;
  let total = 0;
  for (let c = 0; c < CLASSES; c++) {
    const own = Array.from({ length: count }, (_, n) => scores[n * CLASSES + c]);
    const mean = own.reduce((a, b) => a + b) / count;
    total += Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1));
  }
  return total / CLASSES;
}

const newHistory = () => ({
  loss: [],
  seconds: [],
  cpu_seconds: [],
  gradient: [],
  gradient_localisation: [],
  error_step: [],
  error: [],
  theta_step: [],
  theta: [],
  outside: [],
  spacing: [],
  read: [],
  contrast: [],
  spread: [],
});

/**
 * Make a run from the settings of the bench and {train, test}, digits of decodeDigits.
 * `advance` does one step, or a part of the test that follows it; `look(digit, theta)` is what follows for one probe, perhaps with another
 * θ than its own: loss, chances, and the pull on its points and on θ.
 */
export function makeRun(settings, { train, test }) {
  const random = makeRandom(settings.seed);
  const model = makeModel(settings, BATCH);
  const small = makeModel(settings, PROBES);
  const single = makeModel(settings, 1);
  start(model.parts, settings, random);
  const optimisers = Object.values(model.parts).map((net) => makeAdam(net.weights));
  const history = newHistory();
  let localisationRate = settings.localisation_rate;
  let stopped = null; // {step, what}: the number that was not finite, before it reached the weights
  let underTest = null; // {done, wrong}: batches tested and mistakes found, while it is tested

  const known = makeRandom(TEST_SEED);
  const judged = [];
  for (let i = 0; i < test.length; i += BATCH) {
    const part = test.slice(i, i + BATCH);
    const whole = [...part, ...test.slice(0, BATCH - part.length)]; // a last batch is filled up
    judged.push({ ...makeBatch(whole, settings, known), count: part.length });
  }
  const all = judged.flatMap(({ images, labels, count }) =>
    labels
      .slice(0, count)
      .map((label, n) => ({ label, image: images.slice(n * AREA, (n + 1) * AREA) })),
  );
  const probes = Array.from({ length: PROBES }, (_, k) => all.find(({ label }) => label === k + 2));
  const watched = new Float64Array(PROBES * AREA);
  probes.forEach(({ image }, n) => watched.set(image, n * AREA));

  const fixed = settings.fresh
    ? null
    : train.slice(0, FIXED).map((digit) => {
        const { images, labels } = makeBatch([digit], settings, known);
        return { images, label: labels[0] };
      });
  function draw() {
    const pool = fixed ?? train;
    const drawn = Array.from({ length: BATCH }, () => pool[Math.floor(random() * pool.length)]);
    if (!fixed) return makeBatch(drawn, settings, random);
    const images = new Float64Array(BATCH * AREA);
    drawn.forEach((one, n) => images.set(one.images, n * AREA));
    return { images, labels: drawn.map(({ label }) => label) };
  }

  // Let the smaller models have the present weights.
  function lend(to) {
    copy(model.parts.look, to.parts.look);
    copy(model.parts.classify, to.parts.classify);
    return to;
  }
  function record() {
    const scores = lend(small).forward(watched);
    if (!scores.every(Number.isFinite)) {
      stopped = { step: history.loss.length, what: "output" };
      return;
    }
    const each = small.matrices().map(gridRecord);
    const points = READ * READ;
    history.theta_step.push(history.loss.length);
    history.theta.push(small.thetas());
    history.outside.push(each.map(({ outside }) => outside));
    history.spacing.push(each.map(({ spacing }) => spacing));
    const values = each.map((_, n) => small.read.subarray(n * points, (n + 1) * points));
    history.read.push(values.map((own) => own.reduce((m, v) => Math.max(m, Math.abs(v)), 0)));
    history.contrast.push(values.map((own) => Math.max(...own) - Math.min(...own)));
    history.spread.push(spreadOf(scores));
  }
  // One batch of the test, and the error at its end: a page must not wait for all at once.
  function testOne() {
    const { images, labels, count } = judged[underTest.done];
    const scores = model.forward(images);
    for (let n = 0; n < count; n++) {
      const own = scores.subarray(n * CLASSES, (n + 1) * CLASSES);
      if (own.indexOf(Math.max(...own)) !== labels[n]) underTest.wrong += 1;
    }
    underTest.done += 1;
    if (underTest.done < judged.length) return;
    history.error_step.push(history.loss.length);
    history.error.push((100 * underTest.wrong) / test.length);
    underTest = null;
  }

  // Follow the gradient of one batch.
  function descend({ images, labels }) {
    const { loss, slopes } = crossEntropy(model.forward(images), labels);
    model.backward(slopes);
    const gradients = Object.values(model.parts).map((net) => net.gradients);
    const lengths = gradients.map(lengthOf);
    if (![loss, ...lengths].every(Number.isFinite)) {
      stopped = {
        step: history.loss.length + 1,
        what: Number.isFinite(loss) ? "gradient" : "loss",
      };
      return;
    }
    const factor = cosine(history.loss.length, settings.steps) * RATE * settings.rate;
    optimisers[0](gradients[0], factor * localisationRate);
    optimisers[1](gradients[1], factor);
    history.loss.push(loss);
    history.gradient_localisation.push(lengths[0]);
    history.gradient.push(lengths[1]);
  }
  function advance() {
    if (underTest) return testOne();
    const begin = performance.now();
    descend(draw());
    if (stopped) return;
    const spent = (performance.now() - begin) / 1000;
    history.seconds.push((history.seconds.at(-1) ?? 0) + spent);
    const done = history.loss.length;
    if (done % RECORD_EVERY === 0 || done === settings.steps) record();
    if (done % EVALUATE_EVERY === 0 || done === settings.steps) underTest = { done: 0, wrong: 0 };
  }
  function look(digit, theta) {
    const { image, label } = probes[digit];
    const scores = lend(single).forward(image, [theta]);
    const { loss, chances, slopes } = crossEntropy(scores, [label]);
    const onTheta = single.backward(slopes);
    return {
      loss,
      chances: Array.from(chances),
      pull: Float32Array.from(single.pull, (slope) => -slope),
      onTheta: Array.from(onTheta, (slope) => -slope),
    };
  }
  const watch = () => {
    lend(small).forward(watched);
    return small.thetas();
  };
  record();
  const { steps } = settings;
  const setLocalisationRate = (value) => {
    localisationRate = value;
  };
  return {
    steps,
    model,
    history,
    probes,
    advance,
    descend,
    record,
    look,
    watch,
    testing: () => underTest !== null,
    stopped: () => stopped,
    setLocalisationRate,
  };
}
