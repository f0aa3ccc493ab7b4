// The three forms of a map under one convention, and the same as code.
import { button } from "../shared/controls.js";
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { codeOf } from "./code.js";
import { FORMS } from "./words.js";

// One form: its name and its matrix, or that there is none.
function formRow(kind) {
  const cells = Array.from({ length: 6 }, () => h("span"));
  const matrix = h("span", { class: "stn-bracket stn-theta" }, ...cells);
  const none = h("span", { class: "stn-note" }, "no inverse");
  const node = h("div", { class: "stn-form" }, h("p", {}, FORMS[kind].name), matrix, none);
  function update({ forms }, { given }) {
    const map = forms[kind];
    matrix.hidden = !map;
    none.hidden = !!map;
    node.classList.toggle("stn-is-given", kind === given);
    map?.forEach((value, i) => {
      show(cells[i], fixed(value, 3));
    });
  }
  return { node, update };
}

function copyButton(code) {
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      show(copy, "Copied");
    } catch {
      // no clipboard here: leave the text marked, ready for the keys
      getSelection().selectAllChildren(code);
      show(copy, "Marked");
    }
    setTimeout(() => show(copy, "Copy"), 2000);
  });
  return copy;
}

export function makeForms() {
  const rows = Object.keys(FORMS).map(formRow);
  const code = h("pre", { tabindex: "0", "aria-label": "The same as code" });
  const node = h(
    "div",
    {},
    ...rows.map((row) => row.node),
    h("details", { class: "stn-code" }, h("summary", {}, "as code"), code, copyButton(code)),
  );
  function update(side, state) {
    for (const row of rows) row.update(side, state);
    show(code, side.forms.theta ? codeOf(side, state) : "# the map is flat");
  }
  return { node, update };
}
