// Where things lie on the three stages of the bench: one picture large, all eight small, two curves.
import { panelAt } from "../shared/picture.js";
import { READ, SIDE } from "./model.js";
import { PROBES } from "./trainer.js";

const [HEAD, GAP, BARS, WIDE] = [24, 18, 74, 560];
export const ROOM = 1.25; // how far the room round a picture reaches, its sides being 1

// The picture with its grid; beside it what the grid reads, and below that ten probabilities.
export function layoutLarge(width) {
  const input = Math.min(0.56 * width, 330);
  const left = input + GAP;
  const output = Math.min(width - left - 2, input - BARS - HEAD - 8);
  const bars = {
    left,
    top: HEAD + output + HEAD + 6,
    width: Math.min(width - left, 260),
    height: BARS,
  };
  return {
    height: Math.max(HEAD + input, bars.top + BARS + 18) + 2,
    room: [0, HEAD, input, input],
    from: panelAt([input / 2, HEAD + input / 2], input / 2 / ROOM, [SIDE, SIDE], false),
    to: panelAt([left + output / 2 + 1, HEAD + output / 2], output / 2 - 1, [READ, READ], false),
    bars,
    titles: [0, left],
  };
}

// A column a picture: the picture with its grid, and what the grid reads.
export function layoutStrip(width) {
  const cell = Math.min(width / PROBES, 96);
  const half = (cell - Math.max(4, 0.08 * cell)) / 2 - 1;
  const columns = Array.from({ length: PROBES }, (_, i) => ({
    room: [i * cell, 0, cell, cell],
    from: panelAt([(i + 0.5) * cell, 0.5 * cell], half, [SIDE, SIDE], false),
    to: panelAt([(i + 0.5) * cell, 1.5 * cell], half, [READ, READ], false),
  }));
  return { cell, columns, height: 2 * cell };
}

// The loss and the test error, side by side or one above the other.
export function layoutCharts(width, { whole }) {
  const across = width >= WIDE ? 2 : 1;
  const part = (width - (across - 1) * 2 * GAP) / across;
  const frames = ["loss", "error"].map((kind, i) => ({
    kind,
    whole,
    title: (i % across) * (part + 2 * GAP),
    left: (i % across) * (part + 2 * GAP) + 44,
    top: HEAD + Math.floor(i / across) * 134,
    width: part - 54,
    height: 84,
  }));
  const last = frames[frames.length - 1];
  return { frames, height: last.top + last.height + 22 };
}

export const xOf = (frame, step) => frame.left + (frame.width * step) / frame.whole;
