// The present step of descent with its numbers, one row for each number that it may change.
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { stepRows } from "./words.js";

const MOST = 6;

export function stepTable() {
  const heads = ["number", "now", "slope of L", ""].map((word) => h("th", { scope: "col" }, word));
  const rows = Array.from({ length: MOST }, () => [
    h("th", { scope: "row" }),
    h("td"),
    h("td"),
    h("td"),
  ]);
  const lines = rows.map((cells) => h("tr", {}, ...cells));
  const node = h(
    "table",
    { class: "stn-table stn-next" },
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...lines),
  );
  function update({ rate }, { here }) {
    const told = stepRows(here, rate);
    lines.forEach((line, i) => {
      line.hidden = i >= told.length;
    });
    show(heads[3], `now − ${fixed(rate, 3)} · slope`);
    for (const [i, row] of told.entries()) {
      for (const [j, text] of row.entries()) show(rows[i][j], text);
    }
  }
  return { node, update };
}
