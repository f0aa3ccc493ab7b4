// Where things lie on the three stages of a training replay: pictures, strip, charts.
import { box, panelAt } from "../shared/picture.js";
import { layoutSeveral, layoutSmall } from "./several.js";
import { PARTS } from "./words.js";

const [TOP, GAP, REACH] = [26, 14, 1.14];
const WIDE = 560; // from here on, runs and charts stand side by side

// One block a run, side by side or, on a phone, one above the other: the input with room around
// it, right of it the output, and below that θ, whose six numbers take `wide` × `tall`; they stand
// below both pictures where the text is too large.
export function layoutPictures(width, state, [wide, tall]) {
  if (state.several) return layoutSeveral(width, state, [wide, tall]);
  const { runs, image } = state;
  const across = width >= WIDE ? runs.length : 1;
  const block = Math.min((width - (across - 1) * 2 * GAP) / across, 460);
  const input = 0.6 * block;
  const output = block - input - GAP;
  const below = wide > output;
  const height = TOP + input + (below ? 8 + tall : 0);
  const blocks = runs.map(({ alignCorners, output_size }, i) => {
    const left = (i % across) * (block + 2 * GAP);
    const top = Math.floor(i / across) * (height + GAP);
    const [unit, [rows, columns]] = [output / 2 - 2, output_size];
    const to = panelAt(
      [left + input + GAP + output / 2, top + TOP + 2 + (unit * rows) / Math.max(rows, columns)],
      unit,
      output_size,
      alignCorners,
    );
    const [x, y, , high] = box(to, alignCorners);
    return {
      left,
      top,
      rooms: [
        {
          room: [left, top + TOP, input, input],
          from: panelAt(
            [left + input / 2, top + TOP + input / 2],
            input / 2 / REACH,
            [image[0].height, image[0].width],
            alignCorners,
          ),
        },
      ],
      to: [[to]],
      heads: [],
      matrices: [below ? [left, top + TOP + input + 8] : [x, y + high + 8]],
    };
  });
  return { blocks, height: Math.ceil(runs.length / across) * (height + GAP) - GAP };
}

export const titles = ({ blocks }, { runs }) =>
  blocks.map(({ left, top }, k) => ({ text: runs[k].name, left, top }));

// Where the small pictures stand: a column a picture, a row for the inputs (as each run places
// them) and one for each run.
export function layoutStrip(width, state) {
  if (state.several) return layoutSmall(width, state);
  const { images, runs } = state;
  const cell = Math.min(width / images.length, 96);
  const half = (cell - Math.max(4, 0.08 * cell)) / 2 - 1;
  const panel = (column, row, size, { alignCorners }) =>
    panelAt([(column + 0.5) * cell, (row + 0.5) * cell], half, size, alignCorners);
  const height = cell * (1 + runs.length);
  const columns = images.map(([image], i) => ({
    box: [i * cell, 0, cell, height],
    inputs: [
      {
        room: [i * cell, 0, cell, cell],
        channel: 0,
        panels: runs.map((run, k) => ({
          k,
          from: panel(i, 0, [image.height, image.width], run),
        })),
      },
    ],
    to: runs.map((run, k) => [[panel(i, k + 1, run.output_size, run)]]),
  }));
  return { columns, height };
}

const [LEFT, TITLE, TALL, SMALL] = [40, 22, 96, 58];

// The error on top, over the full width; below it the parts of θ, four in a row or two: those of all
// runs together, or of one run after another where a picture has several grids.
export function layoutCharts(width, { last, runs, numbered }) {
  const across = width >= WIDE ? 4 : 2;
  const gap = 18;
  const part = (width - (across - 1) * gap) / across;
  const frame = (left, top, w, height) => ({
    title: left,
    left: left + LEFT,
    top: top + TITLE,
    width: w - LEFT - 10,
    height,
    last,
  });
  const error = frame(0, 0, width, TALL);
  const names = numbered && runs.length > 1 ? 26 : 0; // room for the name of a run
  const line = TITLE + SMALL + 14;
  const below = error.top + TALL + 42;
  const tall = (PARTS.length / across) * line + names;
  const groups = (numbered ? runs : [runs]).map((shown, j) => ({
    shown: [shown].flat(),
    name: names ? [0, below + j * tall + 6] : null,
    parts: PARTS.map((_, i) =>
      frame(
        (i % across) * (part + gap),
        below + j * tall + names + Math.floor(i / across) * line,
        part,
        SMALL,
      ),
    ),
  }));
  const bottom = groups[groups.length - 1].parts[PARTS.length - 1];
  return { error, groups, height: bottom.top + bottom.height + 10 };
}

export const xOf = (frame, step) => frame.left + (frame.width * step) / (frame.last || 1);
export const stepAt = (frame, x) => ((x - frame.left) / frame.width) * frame.last;
