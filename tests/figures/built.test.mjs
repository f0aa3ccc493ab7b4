// The built script is one classic script that brings every figure, and asks a page for nothing more.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const widgets = new URL("../../stnlib/widgets/", import.meta.url);
const folders = readdirSync(widgets).filter((name) =>
  existsSync(new URL(`${name}/main.js`, widgets)),
);
const source = readFileSync(new URL("built/figures.js", widgets), "utf8");

test("each folder with a main.js is a figure with render, under its name in capitals", () => {
  const figures = vm.runInNewContext(`${source}; stnlibFigures`, {}); // a world without a page
  const names = folders.map((name) =>
    name
      .split("_")
      .map((w) => w[0].toUpperCase() + w.slice(1))
      .join(""),
  );
  assert.deepEqual(Object.keys(figures).sort(), names.sort());
  assert.ok(names.length >= 7);
  for (const name of names) assert.equal(typeof figures[name].render, "function", name);
});

test("it imports nothing and names no other site", () => {
  assert.doesNotMatch(source, /\bimport\b|\brequire\(|https?:\/\//);
  assert.doesNotMatch(source, /<\/script/i); // a page may hold it
});
