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

export const channelName = (c) => `channel ${c + 1}`;

const LINES = ["solid", "dashed", "dotted", "dashes and dots"]; // of several grids on a picture

// What stands over the six numbers of grid g, −1 for the one of its run.
export const matrixName = ({ bent }, g) =>
  `${bent ? "linear part, θ" : "θ"}${g < 0 ? "" : ` of ${g + 1}`}`;

function errorOf(run, step, tested) {
  const error = errorAt(run, step);
  return error === null
    ? "the error is not measured yet"
    : `${fixed(error, 1)} % of the test ${tested} wrong`;
}

function poseOf({ theta, bent }) {
  const { turn, scale, tX, tY } = partsOf(theta);
  return (
    `${bent ? ", without its bending," : ""} is turned by ${fixed(turn, 0)}°, ` +
    `scaled by ${fixed(scale)}, with its middle at (${fixed(tX)}, ${fixed(tY)})`
  );
}

// What a run's grids do on this picture, and what the network gets wrong.
function sentences(run, { step, digit, several }, maps) {
  const told = errorOf(run, step, several ? "pictures" : "digits");
  if (maps.length === 1) {
    return [`${run.name}: ${told}. On picture ${digit + 1} its grid${poseOf(maps[0])}.`];
  }
  const grids = maps.map((map, g) => `Grid ${g + 1} on picture ${digit + 1}${poseOf(map)}.`);
  return [`${run.name}: ${told}.`, ...grids];
}

// A sentence for each run, and one for each of several grids.
export const caption = (state, { reads }) =>
  state.runs.flatMap((run, k) => sentences(run, state, reads[k][state.digit]));

// A row of what is read for each channel, and how its grids are told apart.
function severalLegend({ runs, images }) {
  const names = runs.length > 1 ? ` of ${runs.map(({ name }) => name).join(", then of ")}` : "";
  const most = Math.max(...runs.map(({ families }) => families.length));
  const marks = Array.from({ length: most }, (_, g) => `${g + 1} (${LINES[g]})`);
  const [grids, reads] =
    most > 1
      ? [
          `their grids, ${marks.slice(0, -1).join(", ")} and ${marks[most - 1]}`,
          "each reads, from left to right",
        ]
      : ["their grid", "it reads"];
  const rows = images[0].length > 1 ? ", a row for each channel" : "";
  return (
    `All pictures with ${grids}${names}; below them what ${reads}${rows}. ` +
    "Press one to see it large."
  );
}

export function legend(state) {
  if (state.several) return severalLegend(state);
  const { runs } = state;
  const marks = runs.map(({ name }, k) =>
    runs.length > 1 ? `${name} ${["(solid)", "(dashed)"][k]}` : name,
  );
  const below = runs.length > 1 ? "each grid reads, in the same order" : "it reads";
  return (
    `All pictures with the grid of ${marks.join(" and ")}; below them what ${below}. ` +
    "Press one to see it large."
  );
}
