// What a training replay says, in words and in numbers. Pure functions, no DOM.
import { fixed } from "../shared/numbers.js";
import { errorAt, partsOf } from "./runs.js";

export const HANDLE = "Training step: drag sideways, or use the arrow keys";
export const ERROR = { name: "test error", format: (value) => `${fixed(value, 0)} %` };
export const PARTS = [
  // of θ, each over a range of at least so much
  { key: "turn", name: "turn of the grid", format: (value) => `${fixed(value, 0)}°`, least: 20 },
  { key: "scale", name: "scale", format: (value) => fixed(value), least: 0.2 },
  { key: "tX", name: "middle, x", format: (value) => fixed(value), least: 0.2 },
  { key: "tY", name: "middle, y", format: (value) => fixed(value), least: 0.2 },
];

export const pictureName = (i, count, label) =>
  `Picture ${i + 1} of ${count}${label === undefined ? "" : `: ${label}`}`;
export const stepOf = (step, last) => `${step} of ${last}`;
export const stepMark = (step) => (step ? `step ${step}` : "0");
export const stepSentence = ({ step }) => `Step ${step}.`;

// Three digits, so that a run whose numbers explode keeps to its place.
export const short = (value) =>
  fixed(value, Math.max(0, 2 - String(Math.trunc(Math.abs(value))).length + 1));

// What a run's grid does on this picture, and what the network gets wrong.
function sentence(run, { step, digit }, theta) {
  const { turn, scale, tX, tY } = partsOf(theta);
  const error = errorAt(run, step);
  const told =
    error === null
      ? "the error is not measured yet"
      : `${fixed(error, 1)} % of the test digits wrong`;
  return (
    `${run.name}: ${told}. On picture ${digit + 1} its grid is turned by ${fixed(turn, 0)}°, ` +
    `scaled by ${fixed(scale)}, with its middle at (${fixed(tX)}, ${fixed(tY)}).`
  );
}

// A sentence for each run.
export const caption = (state, { reads }) =>
  state.runs.map((run, k) => sentence(run, state, reads[k][state.digit].theta));

export function legend({ runs }) {
  const marks = runs.map(({ name }, k) =>
    runs.length > 1 ? `${name} ${["(solid)", "(dashed)"][k]}` : name,
  );
  const below = runs.length > 1 ? "each grid reads, in the same order" : "it reads";
  return (
    `All pictures with the grid of ${marks.join(" and ")}; below them what ${below}. ` +
    "Press one to see it large."
  );
}
