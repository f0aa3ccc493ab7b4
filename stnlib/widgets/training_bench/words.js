// What the bench says, in words and in numbers. Pure functions, no DOM.
import { fixed } from "../shared/numbers.js";
import { determinant } from "../shared/warp.js";

export const TITLES = {
  input: "grid, and the pull on it",
  output: "what it reads",
  bars: "the answer",
};
export const HANDLES = {
  move: "Move the grid: drag, or use the arrow keys.",
  corner: "Turn and size the grid: drag; left and right keys turn it, up and down keys size it.",
  size: "Size the grid: drag, or use the arrow keys.",
};
export const HINT =
  "Press a picture to see it large. Drag its grid away, let go, and see whether the pull brings it " +
  "back; the network's own grid (dashed) returns with the next step.";
export const WORDS = {
  family: "family",
  start: "start",
  localisation_rate: "rate of the localisation network",
  rate: "rate of both",
  degrees: "turned by up to",
  resize: "resized by up to",
  move: "moved, of what fits",
  background: "background (outside is black)",
  classifier: "classifier",
  pictures: "pictures",
  seed: "seed",
  steps: "number of steps",
  theta: {
    attention: ["s", "t_x", "t_y"],
    similarity: ["log s", "angle", "t_x", "t_y"],
    affine: ["θ11", "θ12", "θ13", "θ21", "θ22", "θ23"],
  },
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const recent = (losses) => mean(losses.slice(-10));

// The curves: the loss as the mean of ten steps, the error as measured.
export const CHARTS = {
  loss: {
    title: "loss in training (mean of 10 steps)",
    most: 2.5,
    ends: (value) => fixed(value, 1),
    points: ({ loss }) =>
      loss.flatMap((_, i) =>
        i % 5 === 4 || i === loss.length - 1 || i === 0
          ? [[i + 1, mean(loss.slice(Math.max(0, i - 9), i + 1))]]
          : [],
      ),
  },
  error: {
    title: "error on the 500 test digits",
    most: 100,
    ends: (value) => `${fixed(value, 0)} %`,
    points: ({ error_step, error }) => error.map((value, i) => [error_step[i], value]),
  },
};

export const pictureName = (i, count, label) => `Picture ${i + 1} of ${count}: a ${label}`;

export function progress({ step, whole, news, stopped }) {
  if (stopped)
    return `Stopped at step ${stopped.step} of ${whole}: the ${stopped.what} is not a number any more. Try a lower rate.`;
  if (!step) return `Step 0 of ${whole}: nothing learned yet.`;
  const error = news.history.error.at(-1);
  const told = error === undefined ? "" : `, ${fixed(error, 1)} % of the test digits wrong`;
  return `Step ${step} of ${whole}: loss ${fixed(recent(news.history.loss))}${told}.`;
}

export const waits = ({ waiting }) =>
  waiting.length
    ? `${waiting.map((name) => WORDS[name]).join(", ")}: takes effect at Restart.`
    : "";

// How far two maps are apart: of their middles in pixels, of their angles in degrees.
function apart(a, b, side) {
  const shift = (Math.hypot(a[2] - b[2], a[5] - b[5]) * side) / 2;
  const angle = (m) => Math.atan2(m[3] - m[1], m[0] + m[4]);
  const turn = angle(a) - angle(b);
  const size = Math.sqrt(Math.abs(determinant(a) / (determinant(b) || 1)));
  return [shift, (Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) * 180) / Math.PI, size];
}
/** @type {(apart: number[]) => string} */
const gap = ([shift, turn, size]) =>
  `${fixed(shift, 1)} pixels, ${fixed(turn, 0)}° and a factor ${fixed(size)} in size`;

function sentence({ digit, images, held }, { own, shown, look }) {
  const { label, width } = images[digit];
  const [large, most] = [
    `Picture ${digit + 1} is a ${label}`,
    look ? Math.max(...look.chances) : 0,
  ];
  const says = look
    ? ` The classifier says ${look.chances.indexOf(most)}, with probability ${fixed(most)}.`
    : "";
  const out = ` ${fixed(100 * shown.outside, 0)} % of the points lie outside.`;
  if (!held) return `${large}.${out}${says}`;
  const away = gap(apart(shown.theta, own[digit].theta, width));
  return `${large}. The grid that you moved is ${away} from the network's own.${says}`;
}

// A sentence on the large picture, and what diagnose finds.
export function caption(state, made) {
  if (!made.own) return "The digits are being made.";
  const { findings } = made;
  const told = { text: sentence(state, made), kind: "" };
  if (findings === null) return [told];
  if (!findings.length) return [told, { text: "diagnose, so far: nothing found.", kind: "" }];
  return [
    told,
    ...findings.map(({ name, seen, advice }) => ({
      text: `diagnose, so far: ${name}. Seen: ${seen}. Try: ${advice}.`,
      kind: "stn-finding",
    })),
  ];
}
