// Ten probabilities as bars, under each its digit; the largest with its number.
import { fixed } from "./numbers.js";
import { writeText, writeTitle } from "./pen.js";

// `strong` is the digit in colour, −1 for none.
export function paintBars(ctx, box, title, chances, strong, colour, theme) {
  const { left, top, width, height } = box;
  const cell = width / chances.length;
  const most = Math.max(...chances);
  writeTitle(ctx, title, left, top - 10, theme.ink, theme);
  chances.forEach((chance, digit) => {
    const [x, tall] = [left + digit * cell, (height - 16) * chance];
    ctx.fillStyle = digit === strong ? colour : theme.muted;
    ctx.fillRect(x + 0.18 * cell, top + height - tall, 0.64 * cell, Math.max(tall, 1));
    const weight = digit === strong ? 700 : 400;
    writeText(ctx, `${digit}`, x + cell / 2, top + height + 11, theme.ink, theme, { weight });
    if (chance === most)
      writeText(ctx, fixed(chance), x + cell / 2, top + height - tall - 8, theme.ink, theme);
  });
}
