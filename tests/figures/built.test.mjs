// The built scripts are classic scripts, one for each figure, and ask a page for nothing more.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const widgets = new URL("../../stnlib/widgets/", import.meta.url);
const folders = readdirSync(widgets).filter((name) =>
  existsSync(new URL(`${name}/main.js`, widgets)),
);
const names = folders.map((name) =>
  name
    .split("_")
    .map((w) => w[0].toUpperCase() + w.slice(1))
    .join(""),
);
const source = (name) => readFileSync(new URL(`built/${name}.js`, widgets), "utf8");

test("each folder with a main.js is a figure with render, under its name in capitals", () => {
  assert.ok(names.length >= 7);
  for (const name of names) {
    const world = vm.createContext({}); // without a page
    for (const script of ["figures", name]) vm.runInContext(source(script), world);
    const figures = world.stnlibFigures;
    assert.deepEqual(Object.keys(figures).sort(), [name, "shared"]);
    assert.equal(typeof figures[name].render, "function", name);
  }
});

test("a figure finds all that it takes of what figures share", () => {
  const world = vm.createContext({});
  vm.runInContext(source("figures"), world);
  const { shared } = world.stnlibFigures;
  const taken = new Set();
  world.stnlibFigures.shared = new Proxy(shared, {
    get: (_, key) => taken.add(key) && shared[key],
  });
  for (const name of names) vm.runInContext(source(name), world);
  assert.ok(taken.size > 50);
  for (const key of taken) assert.notEqual(shared[key], undefined, key);
});

test("they import nothing and name no other site", () => {
  for (const name of ["figures", ...names]) {
    assert.doesNotMatch(source(name), /\bimport\b|\brequire\(|https?:\/\//);
    assert.doesNotMatch(source(name), /<\/script/i); // a page may hold it
  }
});
