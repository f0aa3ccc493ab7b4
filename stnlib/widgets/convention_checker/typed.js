// What a hand types or pastes into the convention checker, as numbers. No DOM.
import { near } from "./state.js";

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

// All numbers of a text such as "[[1, 0, 5], [0, 1, 0]]" when it holds a whole map; else null.
/** @param {string} text */
export function readNumbers(text) {
  const found = (text.replaceAll("\u2212", "-").match(NUMBER) ?? []).map(Number);
  if (found.length === 9 && near(found.slice(6), [0, 0, 1])) return found.slice(0, 6);
  return found.length === 6 ? found : null;
}

// One number as typed, or null: a true minus sign and a comma for the point are taken too.
/** @param {string} text */
export function readNumber(text) {
  const plain = text.trim().replaceAll("\u2212", "-").replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

// A number of rows or columns as typed, or null.
/** @param {string} text */
export function readSize(text) {
  const value = readNumber(text);
  return Number.isInteger(value) && value >= 2 && value <= 4096 ? value : null;
}
