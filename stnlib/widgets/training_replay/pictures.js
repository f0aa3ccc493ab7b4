// The chosen picture of a training replay, large, with the six numbers of each run's θ; and what
// the small pictures are.
import { h, show } from "../shared/dom.js";
import { makeStage } from "../shared/stage.js";
import { layoutPictures, titles } from "./layout.js";
import { paintPictures } from "./paint.js";
import { legend, short } from "./words.js";

// The six numbers of a run's θ, in two rows of three.
function makeMatrix() {
  const cells = Array.from({ length: 6 }, () => h("span"));
  const node = h(
    "div",
    { class: "stn-now" },
    h("span", {}, "θ"),
    h("span", { class: "stn-bracket stn-theta" }, ...cells),
  );
  function set([left, top], theta) {
    Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
    theta.forEach((value, i) => {
      show(cells[i], short(value));
    });
  }
  /** @type {() => Point} */
  const size = () => [node.offsetWidth, node.offsetHeight];
  return { node, set, size };
}

export function picturesPanel(tools) {
  const matrices = [makeMatrix(), makeMatrix()];
  const layout = (width, state) => layoutPictures(width, state, matrices[0].size());
  const stage = makeStage({ layout, paint: paintPictures, titles }, tools);
  stage.node.append(...matrices.map(({ node }) => node));
  function update(state, made, theme) {
    const { blocks } = stage.update(state, made, theme);
    matrices.forEach(({ node, set }, k) => {
      node.hidden = k >= blocks.length;
      if (!node.hidden) set(blocks[k].matrix, made.reads[k][state.digit].theta);
    });
  }
  return { node: stage.node, update };
}

export function legendPanel() {
  const node = h("p", { class: "stn-note stn-legend" });
  return { node, update: (state) => show(node, legend(state)) };
}
