// A panel that reads one point: a close-up of the pixels that share it, and their sum in words.
import { h, show } from "./dom.js";
import { LENS_SIDE, paintEmptyLens, paintLens } from "./lens.js";
import { fitCanvas } from "./stage.js";

// Make the panel from words(state, made), which gives {line, sum, note}. `made.close` is what
// paintLens shows, null while there is no point; a `kind` has a style of its own.
/** @type {(words: any, kind?: string) => () => {node: any, update: any, text: () => string}} */
export const readingPanel = (words, kind) => () => {
  const lens = h("canvas", { class: "stn-lens", "aria-hidden": "true" });
  const [line, sum, note] = [h("p"), h("p", { class: "stn-sum" }), h("p", { class: "stn-note" })];
  const node = h(
    "div",
    { class: kind ? `stn-read stn-${kind}` : "stn-read" },
    lens,
    h("div", {}, line, sum, note),
  );
  function update(state, made, theme) {
    const told = words(state, made);
    show(line, told.line);
    show(sum, told.sum);
    show(note, told.note);
    node.classList.toggle("stn-idle", !made.close);
    const ctx = fitCanvas(lens, LENS_SIDE, LENS_SIDE);
    if (made.close) paintLens(ctx, made.close, theme);
    else paintEmptyLens(ctx, theme);
  }
  return { node, update, text: () => `${line.textContent} ${sum.textContent}` };
};
