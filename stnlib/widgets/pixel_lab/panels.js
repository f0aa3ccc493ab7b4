// The panels below the pixel lab: the sum, the slopes with their judges, one pixel, the switches.
import { choice, fixed, h, show, slider } from "../shared/view.js";
import { fitCanvas, footLine, NOTHING } from "../shared/figure.js";
import { LENS_SIDE, paintLens } from "../shared/lens.js";
import { judgedAt } from "./state.js";
import { pixelWords, placeWords, short, slopeWords, sumWords } from "./words.js";

export function sumPanel(shown) {
  if (!shown.has("sum")) return NOTHING;
  const lens = h("canvas", { class: "stn-lens", "aria-hidden": "true" });
  const [line, sum, note] = [h("p"), h("p", { class: "stn-sum" }), h("p", { class: "stn-note" })];
  const node = h("div", { class: "stn-read stn-weighed" }, lens, h("div", {}, line, sum, note));
  function update(state, made, theme) {
    const told = sumWords(state, made);
    show(line, told.line);
    show(sum, told.sum);
    show(note, told.note);
    paintLens(fitCanvas(lens, LENS_SIDE, LENS_SIDE), made.close, theme, theme.output);
  }
  return { node, update, text: () => `${line.textContent} ${sum.textContent}` };
}

const JUDGES = ["by hand, in this page", "by autograd, in Python", "by differences, in Python"];

// The two slopes with their numbers, and what Python's two judges say at the marked points.
export function slopePanel(shown, store, model, now) {
  if (!shown.has("slopes")) return NOTHING;
  const [where, ...lines] = [h("p"), h("p"), h("p")];
  const cells = JUDGES.map(() => [h("td"), h("td")]);
  const head = ["", "∂V/∂x", "∂V/∂y"].map((word) => h(word ? "th" : "td", word && { scope: "col" }, word));
  const table = h("table", { class: "stn-table" },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...JUDGES.map((name, i) =>
      h("tr", {}, h("th", { scope: "row" }, name), ...cells[i]))));
  const note = h("p", { class: "stn-note" });
  const stops = h("div", { class: "stn-stops" }, ...now().stops.map((stop) => h("button", {
    type: "button", class: "stn-button", onclick: () => store.once({ point: stop }),
    "aria-label": `Go to column ${stop[0]}, row ${stop[1]}`,
  }, stop.map(short).join(", ").replaceAll("-", "\u2212"))));
  const node = h("div", { class: "stn-slopes" }, where, h("div", { class: "stn-sum" }, ...lines),
    h("div", { class: "stn-judge" }, table, h("div", {}, note, stops)));
  function update(state, made) {
    show(where, placeWords(state, made));
    slopeWords(state, made).forEach((text, i) => show(lines[i], text));
    const judged = judgedAt(model.get("judged"), state);
    const rows = [made.slopes.map(({ taken }) => taken), judged?.autograd, judged?.differences];
    rows.forEach((row, j) => cells[j].forEach((cell, i) => show(cell, row ? fixed(row[i]) : "\u2013")));
    show(note, judged ? "Three ways to one slope, at this marked point. Go to another:"
      : "Python found its slopes when the notebook ran, at the marked points. Go to one:");
  }
  return { node, update, text: () => `${where.textContent} ${lines.map((l) => l.textContent).join(" ")}` };
}

export function pixelPanel(shown, store, model, now) {
  if (!shown.has("pixel")) return NOTHING;
  const words = h("p");
  const { node: range, set } = slider({
    name: "value", label: "value of the pixel", min: 0, max: 1, step: 0.05, format: fixed,
    say: "value of the chosen pixel", done: store.end,
    input(value) {
      const [row, column] = now().pixel;
      store.begin();
      store.change({ image: withValue(model.get("image"), row, column, value) });
    },
  });
  const node = h("div", { class: "stn-pixel" }, words, range);
  function update(state, made) {
    show(words, pixelWords(state, made));
    range.hidden = !state.pixel;
    if (state.pixel) set(state.image.data[state.pixel[0] * state.image.width + state.pixel[1]]);
  }
  return { node, update, text: () => words.textContent };
}

// The picture with one value changed; the old one stays as it is, for undo.
export const withValue = (rows, row, column, value) => rows.map((line, i) =>
  line.map((old, j) => (i === row && j === column ? Number(value.toFixed(4)) : old)));

export function switchPanel(shown, store) {
  const options = {
    mode: ["bilinear", "nearest"], padding_mode: ["zeros", "border", "reflection"],
  };
  const picks = Object.entries(shown.has("switches") ? options : {}).map(([name, words]) => ({
    name,
    ...choice({ name, label: name, options: words.map((word) => [word, word]),
      pick: (value) => store.once({ [name]: value }) }),
  }));
  const hint = "Drag the point, or use the arrow keys; Shift takes larger steps. " +
    "A dragged point stops on whole columns and rows, where the kinks are.";
  const foot = footLine(store, hint);
  const node = h("div", { class: "stn-controls" },
    picks.length ? h("div", { class: "stn-choices" }, ...picks.map((pick) => pick.node)) : null, foot.node);
  function update(state) {
    for (const { name, set } of picks) set(name === "mode" ? state.mode : state.padding);
    foot.update();
  }
  return { node, update, text: () => "" };
}
