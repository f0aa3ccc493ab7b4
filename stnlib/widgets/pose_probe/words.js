// What the pose probe says about its state, in words. Pure functions, no DOM.
import { fixed } from "../shared/numbers.js";

export function verdict({ chances, loss }, { label, offset: [degrees, shift] }) {
  const said = chances.indexOf(Math.max(...chances));
  const place =
    degrees || shift
      ? `The grid is turned by ${fixed(degrees, 0)}° and moved by ${fixed(shift, 1)} pixels from the true pose`
      : "The grid is in the true pose";
  const right = said === label ? "which is right" : `and it is a ${label}`;
  return (
    `${place}. The classifier says ${said} with probability ${fixed(chances[said])}, ${right}. ` +
    `The loss is ${fixed(loss)}.`
  );
}

export const caption = (state, made) => verdict(made, state);
