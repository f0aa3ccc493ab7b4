// What the volume figure says. Pure functions, no DOM.
import { fixed } from "../shared/numbers.js";

const WORD = { mean: "mean", max: "largest" };

export const TITLES = {
  view: "the volume, and the box in it",
  straight: (projection) => `straight: ${WORD[projection]} along z`,
  projected: (projection) => `the box: ${WORD[projection]} along Z`,
  slices: ["slice across Z", "across Y", "across X"],
  white: (value) => `white is ${fixed(value)}`,
};
export const HANDLES = {
  middle: "The middle of the box: drag it, or use the arrow keys.",
  aim: "The direction Z of the box: drag it, or use the arrow keys, to turn the box.",
  view: "The view: drag it, or use the arrow keys, to turn the volume.",
};
export const HINT =
  "Drag the volume to see it from elsewhere. Drag \u2725 to move the box and Z to turn it, or use the arrow keys; Shift takes larger steps.";

const percent = (share) => `${fixed(100 * share, 0)} %`;
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

const told = {
  share: ({ box, share }) =>
    Math.abs(box.determinant) < 1e-9
      ? "The box is flat."
      : `The box looks ${fixed(box.away, 0)}° away from z and holds ${percent(share)} of the ink.`,
  outside({ outside, output: { length } }) {
    const of = `${outside ? grouped(outside) : "None"} of its ${grouped(length)} points`;
    if (!outside) return `${of} lies outside the volume.`;
    const [lie, zeros] = outside === 1 ? ["lies", "reads zero"] : ["lie", "read zeros"];
    return `${of} ${lie} outside the volume and ${zeros}.`;
  },
  mirrored: ({ box }) => (box.determinant < -1e-9 ? "It reads a mirror image." : ""),
  kept({ kept }) {
    if (!kept) return "";
    if (kept.box === null) return "What it reads is one grey everywhere.";
    const straight =
      kept.straight === null ? "" : `; straight along z, ${percent(kept.straight)} of the volume’s`;
    return `The mean along Z keeps ${percent(kept.box)} of the variance of what the box reads${straight}.`;
  },
};

export const caption = (_, made) =>
  [told.kept, told.share, told.outside, told.mirrored]
    .map((tell) => tell(made))
    .filter(Boolean)
    .join(" ");
