// Join the scripts and the style sheets of the live figures: node tools/build_figures.mjs [from] [to]
// A figure is a folder with a main.js; its script has the folder's name in capitals (grid_explorer:
// GridExplorer.js). What figures import of shared/ is in figures.js, once, which a page loads before
// theirs. All are classic scripts, so that they work from file:// too: stnlibFigures has the figures
// by name, and in stnlibFigures.shared what they share.
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const home = resolve(dirname(fileURLToPath(import.meta.url)), "../stnlib/widgets");
const [from = home, to = `${home}/built`] = process.argv.slice(2).map((path) => resolve(path));
const folders = readdirSync(from)
  .sort()
  .filter((name) => existsSync(`${from}/${name}/main.js`));
const styled = ["shared", ...folders].filter((name) => existsSync(`${from}/${name}/style.css`));
const className = (folder) =>
  folder.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());

// A worker's script is text in the page's own: import source from "worker:./worker.js".
const workers = {
  name: "workers",
  setup(building) {
    building.onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice("worker:".length)),
      namespace: "worker",
    }));
    building.onLoad({ filter: /./, namespace: "worker" }, async ({ path }) => {
      const made = await build({ ...MADE, entryPoints: [path], format: "iife", write: false });
      return { contents: made.outputFiles[0].text, loader: "text" };
    });
  },
};

const MADE = {
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  target: "es2022",
  logLevel: "error",
};

// The names that a module exports, in one order.
async function namesOf(path) {
  const options = { entryPoints: [path], format: "esm", metafile: true, write: false };
  const made = await build({ ...MADE, ...options });
  return Object.values(made.metafile.outputs)[0].exports.sort();
}

// A figure takes what it imports of shared/ from figures.js; `shared` notes which modules those are.
const shared = new Map();
const sharing = {
  name: "sharing",
  setup(building) {
    building.onResolve({ filter: /^\.\.\/shared\/\w+\.js$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      namespace: "shared",
    }));
    building.onLoad({ filter: /./, namespace: "shared" }, async ({ path }) => {
      if (!shared.has(path)) shared.set(path, await namesOf(path));
      const one = (name) => `export const ${name} = /* @__PURE__ */ take("${name}");`;
      return { contents: ['import { take } from "take"', ...shared.get(path).map(one)].join("\n") };
    });
    building.onResolve({ filter: /^take$/ }, () => ({ path: "take", namespace: "take" }));
    building.onLoad({ filter: /./, namespace: "take" }, () => ({
      contents: "export const take = (name) => stnlibFigures.shared[name];",
    }));
  },
};

const join = (loader, lines, outfile, more = {}) =>
  build({
    stdin: { contents: lines.join("\n"), loader, resolveDir: from },
    outfile,
    ...MADE,
    ...more,
  });

for (const name of folders) {
  const lines = [
    `import { render } from "./${name}/main.js";`,
    `stnlibFigures.${className(name)} = { render };`,
  ];
  const plugins = [workers, sharing];
  await join("js", lines, `${to}/${className(name)}.js`, { format: "iife", plugins });
}
const parts = [...shared].sort(([one], [other]) => (one < other ? -1 : 1)); // a name twice is an error
await join(
  "js",
  parts.map(([path, names]) => `export { ${names} } from "./shared/${basename(path)}";`),
  `${to}/figures.js`,
  { format: "iife", globalName: "stnlibFigures.shared" },
);
await join(
  "css",
  styled.map((name) => `@import "./${name}/style.css";`),
  `${to}/figures.css`,
);
