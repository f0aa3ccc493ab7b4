// The two sides of the convention checker: for each convention a title, the pictures, the lines
// with the numbers of the marked pixel, and all forms of the map.
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { makeStage } from "../shared/stage.js";
import { makeForms } from "./forms.js";
import { hands } from "./hands.js";
import { layout } from "./layout.js";
import { paint } from "./paint.js";
import { ends, wayLines, word } from "./words.js";

const sideStage = (tools, alignCorners, own) =>
  makeStage(
    {
      layout: (width, state) => layout(width, state, alignCorners),
      paint: (ctx, places, state, made, theme) => paint(ctx, places, state, own(made), theme),
      hands: (_, made) => hands(own(made)),
    },
    tools,
  );

function makeLines() {
  const lines = Array.from({ length: 6 }, () => {
    const [letter, text, value] = [h("span"), h("span"), h("span")];
    return { letter, text, value, node: h("p", {}, letter, " = ", text, " = ", value) };
  });
  const node = h("div", { class: "stn-way" }, ...lines.map((line) => line.node));
  function update(side, state) {
    if (!side.way) return;
    wayLines(side, state).forEach((told, i) => {
      const { letter, text, value } = lines[i];
      show(letter, told.name);
      show(text, told.text);
      show(value, fixed(told.value));
      letter.className = value.className = told.kind;
    });
  }
  return { node, update };
}

function makeSide(tools, alignCorners) {
  const own = ({ sides }) => sides[alignCorners ? 1 : 0];
  const title = h(
    "p",
    { class: "stn-side-title" },
    `align_corners=${word(alignCorners)} `,
    h("span", {}, `−1 and 1: ${ends(alignCorners)}`),
  );
  const [stage, lines, forms] = [sideStage(tools, alignCorners, own), makeLines(), makeForms()];
  const node = h(
    "div",
    { role: "group", "aria-label": title.textContent },
    title,
    stage.node,
    lines.node,
    forms.node,
  );
  function update(state, made, theme) {
    stage.update(state, made, theme);
    lines.update(own(made), state);
    forms.update(own(made), state);
  }
  return { node, update };
}

export function sidesPanel(tools) {
  const sides = [false, true].map((alignCorners) => makeSide(tools, alignCorners));
  const node = h("div", { class: "stn-sides" }, ...sides.map((side) => side.node));
  const update = (...now) => {
    for (const side of sides) side.update(...now);
  };
  return { node, update };
}
