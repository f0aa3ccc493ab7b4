// What the landscape says about its state, in words and numbers. No DOM.
import { fixed } from "../shared/numbers.js";

const NAMES = {
  2: ["angle (rad)", "shift"],
  3: ["angle (rad)", "t_x", "t_y"],
  6: ["θ₁₁", "θ₁₂", "θ₁₃", "θ₂₁", "θ₂₂", "θ₂₃"],
};

// The step of descent with its numbers: name, number, slope, next number; one row a number.
export function stepRows({ numbers, slopes }, rate) {
  return NAMES[numbers.length].map((name, i) => [
    name,
    fixed(numbers[i], 3),
    fixed(slopes[i]),
    fixed(numbers[i] - rate * slopes[i], 3),
  ]);
}

// Has the walk come to rest, is it going to and fro, or is it still under way at its end?
function endOf(path, rate) {
  const last = path.slice(-10);
  const rises = last.filter(({ loss }, i) => i && loss > last[i - 1].loss + 1e-3).length;
  if (rises > 2) return "It goes to and fro: the rate is too large for these slopes.";
  const moves = path[path.length - 1].slopes.map((slope) => Math.abs(rate * slope));
  if (Math.max(...moves) > 2e-3) return "It is still under way.";
  return "It has stopped in another valley, where no small move makes the loss smaller.";
}

export function verdict(path, { step, steps, rate }, [degrees, shift], off) {
  const { loss } = path[step];
  const place =
    `Step ${step} of ${steps}: the loss is ${fixed(loss)}, and the points of the grid are ` +
    `${fixed(off, 1)} pixels off on average.`;
  if (step === 0)
    return `${place} The start is turned by ${fixed(degrees, 0)}° and moved by ${fixed(shift, 1)} pixels.`;
  if (off < 1)
    return `${place} ${step === steps ? "It has found the true place." : "It is nearly there."}`;
  return step === steps ? `${place} ${endOf(path, rate)}` : place;
}

export function basinWords({ found, tried, all }) {
  if (!all) return "";
  const share = `${found} of ${tried} starts find the true place`;
  return tried < all ? `${share}; counting …` : `${share} (filled dots).`;
}

export function caption(state, { path, basin: { dots, all }, off }) {
  const found = dots.filter((dot) => dot.found).length;
  return [
    verdict(path, { ...state, steps: state.steps.length - 1 }, state.start, off),
    { text: basinWords({ found, tried: dots.length, all }), kind: "stn-note" },
  ];
}
