// What the drawing figure says. Pure functions, no DOM.
import { fixed } from "../shared/numbers.js";
import { TRAINED } from "./state.js";

export const TITLES = {
  drawing: "your drawing, and the grid on it",
  read: "what it reads",
  own: "ST-CNN",
  plain: "CNN, as many weights",
  around: (digit) => `probability of a ${digit}, the drawing turned on: ST-CNN solid, CNN dashed`,
};
export const HANDLE =
  "Turn the drawing: drag; left and right keys turn it, up and down keys size it.";
export const HINT = `Draw with mouse, finger or pen, anywhere, any size, any tilt. Or take a stored digit, and turn, size and move it. Both networks were trained on digits turned by up to ${TRAINED}°.`;

const answer = (chances, digit) => `${digit} with probability ${fixed(chances[digit])}`;

export function caption({ blank, around }, { own, plain, says, plainSays, turned }) {
  if (blank) return "Nothing is drawn yet: draw a digit, or take a stored one.";
  const angle = (Math.atan2(own.theta[3], own.theta[0]) * 180) / Math.PI;
  const size = Math.hypot(own.theta[0], own.theta[3]);
  const turn = Math.round(angle);
  const way = turn > 0 ? "clockwise" : "counter-clockwise";
  const told =
    `The grid is ${turn ? `turned ${Math.abs(turn)}° ${way}` : "not turned"} and ${fixed(size)} times as large as the canvas. ` +
    `The ST-CNN reads ${answer(own.chances, says)}, the CNN ${answer(plain, plainSays)}.`;
  if (!around || !turned) return told;
  const share = (name) =>
    turned.slice(1).filter((one) => one[name] === says).length / (turned.length - 1);
  return (
    `${told} Turned all the way round (grey: as far as in training), the drawing is a ${says} to the ST-CNN at ` +
    `${fixed(100 * share("says"), 0)} % of the angles, to the CNN at ${fixed(100 * share("plainSays"), 0)} %.`
  );
}
