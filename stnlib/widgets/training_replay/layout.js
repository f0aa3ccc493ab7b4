// Where things lie on the three stages of a training replay: pictures, strip, charts.
import { box, panelAt } from "../shared/picture.js";
import { PARTS } from "./words.js";

const [TOP, GAP, REACH] = [26, 14, 1.14];
const WIDE = 560; // from here on, runs and charts stand side by side

// One block a run, side by side or, on a phone, one above the other: the input with room around
// it, right of it the output, and below that θ, whose six numbers take `wide` × `tall`; they stand
// below both pictures where the text is too large.
export function layoutPictures(width, { runs, image }, [wide, tall]) {
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
      room: [left, top + TOP, input, input],
      to,
      matrix: below ? [left, top + TOP + input + 8] : [x, y + high + 8],
      from: panelAt(
        [left + input / 2, top + TOP + input / 2],
        input / 2 / REACH,
        [image.height, image.width],
        alignCorners,
      ),
    };
  });
  return { blocks, height: Math.ceil(runs.length / across) * (height + GAP) - GAP };
}

export const titles = ({ blocks }, { runs }) =>
  blocks.map(({ left, top }, k) => ({ text: runs[k].name, left, top }));

// Where the small pictures stand: a column a picture, a row for the inputs (as each run places
// them) and one for each run.
export function layoutStrip(width, { images, runs }) {
  const cell = Math.min(width / images.length, 96);
  const half = (cell - Math.max(4, 0.08 * cell)) / 2 - 1;
  const panel = (column, row, size, { alignCorners }) =>
    panelAt([(column + 0.5) * cell, (row + 0.5) * cell], half, size, alignCorners);
  const columns = images.map((image, i) => ({
    room: [i * cell, 0, cell, cell],
    from: runs.map((run) => panel(i, 0, [image.height, image.width], run)),
    to: runs.map((run, k) => panel(i, k + 1, run.output_size, run)),
  }));
  return { cell, columns, height: cell * (1 + runs.length) };
}

const [LEFT, TITLE, TALL, SMALL] = [40, 22, 96, 58];

// The error on top, over the full width; below it the parts of θ, four in a row or two.
export function layoutCharts(width, { last }) {
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
  const below = error.top + TALL + 42;
  const parts = PARTS.map((_, i) =>
    frame(
      (i % across) * (part + gap),
      below + Math.floor(i / across) * (TITLE + SMALL + 14),
      part,
      SMALL,
    ),
  );
  const bottom = parts[PARTS.length - 1];
  return { error, parts, height: bottom.top + bottom.height + 10 };
}

export const xOf = (frame, step) => frame.left + (frame.width * step) / (frame.last || 1);
export const stepAt = (frame, x) => ((x - frame.left) / frame.width) * frame.last;
