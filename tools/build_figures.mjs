// Join the scripts and the style sheets of all live figures: node tools/build_figures.mjs [from] [to]
// A figure is a folder with a main.js; it is exported under the folder's name in capitals
// (grid_explorer: GridExplorer). The result is a classic script, so that it works from file:// too.
import { existsSync, readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
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
const join = (loader, lines, outfile, more = {}) =>
  build({
    stdin: { contents: lines.join("\n"), loader, resolveDir: from },
    outfile,
    ...MADE,
    ...more,
  });

await join(
  "js",
  folders.map((name) => `export * as ${className(name)} from "./${name}/main.js";`),
  `${to}/figures.js`,
  { format: "iife", globalName: "stnlibFigures", plugins: [workers] },
);
await join(
  "css",
  styled.map((name) => `@import "./${name}/style.css";`),
  `${to}/figures.css`,
);
