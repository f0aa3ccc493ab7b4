// The panel of the two slopes: their numbers, and what Python's judges say at the marked points.
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { judgedAt } from "./state.js";
import { judgeWords, placeWords, short, slopeWords } from "./words.js";

const JUDGES = ["by hand, in this page", "by autograd, in Python", "by differences, in Python"];

function judgeTable() {
  const cells = JUDGES.map(() => [h("td"), h("td")]);
  const head = ["∂V/∂x", "∂V/∂y"].map((word) => h("th", { scope: "col" }, word));
  const node = h(
    "table",
    { class: "stn-table" },
    h("thead", {}, h("tr", {}, h("td"), ...head)),
    h(
      "tbody",
      {},
      ...JUDGES.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name), ...cells[i])),
    ),
  );
  function update(rows) {
    for (const [j, row] of rows.entries()) {
      for (const [i, cell] of cells[j].entries()) show(cell, row ? fixed(row[i]) : "\u2013");
    }
  }
  return { node, update };
}

const stopButton = (stop, store) =>
  h(
    "button",
    {
      type: "button",
      class: "stn-button",
      onclick: () => store.once({ point: stop }),
      "aria-label": `Go to column ${stop[0]}, row ${stop[1]}`,
    },
    stop.map(short).join(", ").replaceAll("-", "\u2212"),
  );

export function slopePanel({ store, now }) {
  const [where, ...lines] = [h("p"), h("p"), h("p")];
  const table = judgeTable();
  const note = h("p", { class: "stn-note" });
  const stops = h(
    "div",
    { class: "stn-stops" },
    ...now().stops.map((stop) => stopButton(stop, store)),
  );
  const node = h(
    "div",
    { class: "stn-slopes" },
    where,
    h("div", { class: "stn-sum" }, ...lines),
    h("div", { class: "stn-judge" }, table.node, h("div", {}, note, stops)),
  );
  function update(state, made) {
    show(where, placeWords(state, made));
    for (const [i, text] of slopeWords(state, made).entries()) show(lines[i], text);
    const judged = judgedAt(state);
    table.update([made.slopes.map(({ taken }) => taken), judged?.autograd, judged?.differences]);
    show(note, judgeWords(judged, state.stops.length));
  }
  return { node, update, text: () => [where, ...lines].map((line) => line.textContent).join(" ") };
}
