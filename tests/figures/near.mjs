// What the tests of the figures share: the golden numbers, and "equal but for rounding".
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const golden = (name) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));

// The bytes that Python wrote as text: a view into a longer buffer, as in a page.
export const bytesOf = (text) => Buffer.from(text, "base64");

const flat = (value) =>
  typeof value === "object" && value ? Array.from(value, flat).flat() : [value];

// All numbers of two lists, nested or not, agree; large ones in relation to their size.
export function near(actual, expected, within = 1e-6, what = "") {
  const [got, want] = [flat(actual), flat(expected)];
  assert.equal(got.length, want.length, `${what}: so many numbers`);
  want.forEach((value, i) => {
    const gap = Math.abs(got[i] - value) / Math.max(1, Math.abs(value));
    assert.ok(gap <= within, `${what}: number ${i} is ${got[i]}, expected ${value}`);
  });
}

// All pairs of two lists.
export const pairs = (one, two) => one.flatMap((a) => two.map((b) => [a, b]));
