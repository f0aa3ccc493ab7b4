// What the training bench computes, for test_training_bench.py: reads one JSON object of
// {name: cases} from stdin, and writes what its functions make of them.
import { readFileSync } from "node:fs";
import { diagnose } from "../../stnlib/widgets/training_bench/diagnosis.js";
import { decodeDigits, distort } from "../../stnlib/widgets/training_bench/digits.js";
import { crossEntropy } from "../../stnlib/widgets/training_bench/model.js";
import { PRESETS } from "../../stnlib/widgets/training_bench/state.js";
import { forRun, makeRun } from "../../stnlib/widgets/training_bench/trainer.js";

const given = JSON.parse(readFileSync(0, "utf8"));
const digitsOf = ({ bytes, labels }) => decodeDigits(Uint8Array.from(bytes), labels);
const lists = (arrays) => arrays.map((array) => Array.from(array));

const JOBS = {
  digits: (one) => digitsOf(one).map(({ data }) => Array.from(data)),
  distorted: ({ digits, settings, draws }) =>
    digitsOf(digits).map((digit, n) => Array.from(distort(digit, settings, draws[n], []))),
  diagnoses: (history) => diagnose(history),
  presets({ digits: { train, test }, seed }) {
    const digits = { train: digitsOf(train), test: digitsOf(test) };
    const ends = Object.entries(PRESETS).map(([name, preset]) => {
      const run = makeRun(forRun({ ...preset, seed }), digits);
      while (!run.stopped() && (run.testing() || run.history.loss.length < run.steps))
        run.advance();
      const found = diagnose(run.history).map((finding) => finding.name);
      return [name, { found, error: run.history.error.at(-1) }];
    });
    return Object.fromEntries(ends);
  },
  runs({ digits: { train, test }, settings, weights, batches, held }) {
    const run = makeRun(settings, { train: digitsOf(train), test: digitsOf(test) });
    const { model, history } = run;
    const of = (name) => lists(Object.values(model.parts).flatMap((net) => net[name]));
    Object.values(model.parts)
      .flatMap((net) => net.weights)
      .forEach((own, i) => own.set(weights[i]));
    const made = batches.map(({ images, labels }) => ({
      images: Float64Array.from(images),
      labels,
    }));
    const { slopes } = crossEntropy(model.forward(made[0].images), made[0].labels);
    const onTheta = Array.from(model.backward(slopes));
    const first = { gradients: of("gradients"), onTheta, pull: Array.from(model.pull) };
    for (const batch of made) run.descend(batch);
    run.record();
    const looks = held.map(([digit, theta]) => {
      const look = run.look(digit, theta);
      return { ...look, pull: Array.from(look.pull) };
    });
    const probes = run.probes.map(({ image }) => Array.from(image));
    return { ...first, weights: of("weights"), history, looks, probes };
  },
};

console.log(
  JSON.stringify(
    Object.fromEntries(Object.entries(given).map(([name, cases]) => [name, cases.map(JOBS[name])])),
  ),
);
