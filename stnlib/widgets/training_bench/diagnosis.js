// What probably went wrong in a run: stnlib.training.diagnose, with its rules and words. No DOM.
import { roundEven } from "../shared/warp.js";

const [LEFT, FAINT, ALIKE, SCRAP, SPECK, SPARSE] = [0.8, 0.01, 1e-3, 0.75, 0.15, 2.5];
const [SAME, BY_HEART, FELL, POOR, JUMPS] = [0.02, 1 / Math.log(2), 0.97, 10, 2];

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const largest = (values) => values.reduce((most, value) => Math.max(most, value), -Infinity);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(values.reduce((s, v) => s + (v - middle) ** 2, 0) / (values.length - 1));
}

// The means over ten equal stretches, or all values if there are fewer.
function meansOf(values) {
  const parts = Math.min(values.length, 10);
  const cut = (i) => Math.floor((values.length * i) / parts);
  return Array.from({ length: parts }, (_, i) => mean(values.slice(cut(i), cut(i + 1))));
}

// Numbers as Python writes them: a half goes to the even digit where it is exact in binary.
function fixed(value, digits) {
  const whole = value * 10 ** digits;
  const isHalf = Math.abs(whole % 1) === 0.5 && Number.isInteger(value * 2 ** (digits + 1));
  return (isHalf ? roundEven(whole) / 10 ** digits : value).toFixed(digits);
}
const percent = (share) => `${fixed(100 * share, 0)}%`;

// A history in few numbers; null where it recorded nothing.
function summaryOf(history) {
  const { loss, theta, outside, spacing, spread, error } = history;
  const read = history.contrast.length ? history.contrast : history.read;
  const faint = history.read.length
    ? 1e-6 * largest([...history.read[0], ...history.read.at(-1)])
    : 0; // rounding
  const [first, last] = [theta[0] ?? [[0]], theta.at(-1) ?? [[0]]];
  const differs = (record) =>
    largest(record[0].map((_, k) => deviation(record.map((numbers) => numbers[k]))));
  const moved = first[0].map((_, k) => mean(first.map((own, n) => Math.abs(last[n][k] - own[k]))));
  const jumps = loss.slice(1).map((value, i) => Math.abs(value - loss[i]));
  const share = (values, is) => mean(values.map((value) => Number(is(value))));
  const run = {
    loss: meansOf(loss),
    local: history.gradient_localisation.length ? meansOf(history.gradient_localisation) : null,
    error: error.at(-1) ?? null,
    poor: error.length > 0 && error.at(-1) >= POOR,
    moved: largest(moved),
    differs: first.length > 1 ? [differs(first), differs(last)] : null,
    beyond: outside.length ? share(outside.at(-1), (value) => value > LEFT) : 0,
    blank: read.length
      ? share(read.at(-1), (value) => value <= Math.max(FAINT * largest(read[0]), faint))
      : 0,
    dark: read.length > 0 && largest(read[0]) <= faint,
    spacing: spacing.length ? [median(spacing[0]), median(spacing.at(-1))] : null,
    silent: spread.length > 0 && spread.at(-1) < ALIKE,
    jump: jumps.length ? mean(jumps) : 0,
  };
  return { ...run, lost: Math.max(run.beyond, run.blank) >= 0.5 };
}

const RULES = [
  ({ local, silent }) =>
    local !== null &&
    largest(local) === 0 &&
    !silent && [
      "the graph is cut",
      "the localisation network's gradient is 0 at every step",
      "look between θ and the loss for torch.tensor, detach, item, numpy, round and " +
        'mode="nearest", which pass no gradient on; or are the pictures of the batches blank?',
    ],
  ({ spacing, differs }) =>
    spacing !== null &&
    differs !== null &&
    differs[0] >= 1e-6 &&
    spacing[0] < SCRAP && [
      "a random start",
      `before the first step, sample points are ${fixed(spacing[0], 2)} pixels apart and θ ` +
        "differs from picture to picture",
      "zero weights and the identity as bias in the regression layer",
    ],
  ({ lost, dark, beyond }) =>
    lost &&
    dark &&
    !beyond && [
      "the pictures are blank",
      "from the first record on, no window reads anything, and none is outside",
      "look at the pictures; a window that starts where they show something",
    ],
  ({ lost, local, dark, blank, beyond }) =>
    lost &&
    !(dark && !beyond) && [
      "the window is lost",
      `at the end ${percent(blank)} of the windows read nothing, ${percent(beyond)} have most of ` +
        "their points outside" +
        (local !== null && local.at(-1) < 1e-3 * largest(local)
          ? ", and the localisation network's gradient is gone"
          : ""),
      "a lower localisation_rate first; then a warmup, or a loss on θ",
    ],
  ({ silent, lost }) =>
    silent &&
    !lost && [
      "the classifier is dead",
      "the windows read something, and the outputs are the same for all pictures",
      "a lower learning_rate, a warmup, normalised pictures",
    ],
  ({ spacing, lost }) =>
    spacing !== null &&
    spacing[1] < SPECK &&
    !lost && [
      "the window shrank to a speck",
      `at the end sample points are ${fixed(spacing[1], 2)} pixels apart`,
      "the identity as start, a lower localisation_rate, a scale that is bounded from below",
    ],
  ({ error, poor, loss }) =>
    poor &&
    error >= 100 * BY_HEART * loss.at(-1) &&
    loss.at(-1) >= 0 && [
      "learned by heart",
      `the loss is down to ${fixed(loss.at(-1), 3)} on the training pictures, and ` +
        `${fixed(error, 0)} % of the test pictures are wrong`,
      "pictures distorted anew for each batch, more of them, or a smaller classifier; test " +
        "pictures and labels of the same kind",
    ],
  ({ differs, error, poor, lost, loss, local, moved }) =>
    differs !== null &&
    differs[1] < SAME &&
    poor &&
    !lost &&
    loss.at(-1) <= FELL * loss[0] &&
    local !== null &&
    largest(local) > 0 && [
      "θ is the same for all pictures",
      `with ${fixed(error, 0)} % wrong, and since the start no number of it moved by more than ` +
        `${fixed(moved, 2)}`,
      "if it never moved, a higher localisation_rate or more steps; if it did, units of the " +
        "localisation network are dead: a lower one, leaky ReLU, a warmup",
    ],
  ({ loss, lost, jump }) =>
    loss.at(-1) - Math.min(...loss) >= 0.5 * Math.abs(Math.min(...loss)) + 0.1 + JUMPS * jump &&
    !lost && [
      "the loss rose again",
      `it was ${fixed(Math.min(...loss), 2)} and ended at ${fixed(loss.at(-1), 2)}`,
      "a lower learning_rate, a schedule that falls, a warmup",
    ],
];

const skipsPixels = ({ spacing, lost }) =>
  spacing !== null &&
  spacing[1] > SPARSE &&
  !lost && [
    "the grid skips pixels",
    `at the end sample points are ${fixed(spacing[1], 1)} pixels apart, and a read reaches 1`,
    "a larger output_size with a pool behind it, or a blur before it",
  ];

const nothingLearnt = ({ loss, error, poor }) =>
  loss.length >= 2 &&
  loss[0] - loss.at(-1) <= (1 - FELL) * Math.abs(loss[0]) &&
  loss.at(-1) !== 0 &&
  (error === null || poor) && [
    "nothing was learnt",
    `the loss began at ${fixed(loss[0], 2)} and ended at ${fixed(loss.at(-1), 2)}`,
    "more steps, a lower learning_rate, a higher one; labels that belong to their pictures",
  ];

/** Name what probably went wrong, the likeliest first. @type {(history: any) => {name: string, seen: string, advice: string}[]} */
export function diagnose(history) {
  const run = summaryOf(history);
  const found = RULES.map((rule) => rule(run)).filter(Boolean);
  const rest = [skipsPixels(run), !found.length && nothingLearnt(run)].filter(Boolean);
  return [...found, ...rest].map(([name, seen, advice]) => ({ name, seen, advice }));
}
