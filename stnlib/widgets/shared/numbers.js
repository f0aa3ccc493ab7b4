// Numbers for the eye and for the hand. No DOM.

/** Keep a value in low ... high. @type {(value: number, low: number, high: number) => number} */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Keep an index in 0 ... n - 1. @type {(index: number, n: number) => number} */
export const keepIndex = (index, n) => clamp(index, 0, n - 1);

// A number for the eye: fixed digits, a true minus sign, no minus zero.
export function fixed(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

// The same as a factor after a dot, and as a term after another one.
export const factor = (value) =>
  fixed(value).startsWith("\u2212") ? `(${fixed(value)})` : fixed(value);
export const signed = (value) =>
  `${fixed(value).startsWith("\u2212") ? "\u2212" : "+"} ${fixed(Math.abs(value))}`;
