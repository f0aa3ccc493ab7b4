// The chosen picture of a training replay, large, with the six numbers of each run's θ; and what
// the small pictures are.
import { h, show } from "../shared/dom.js";
import { makeStage } from "../shared/stage.js";
import { layoutPictures, titles } from "./layout.js";
import { paintPictures } from "./paint.js";
import { legend, matrixName, short } from "./words.js";

// The six numbers of a θ, in two rows of three.
function makeMatrix() {
  const cells = Array.from({ length: 6 }, () => h("span"));
  const name = h("span", {}, "θ"); // as high as it will be
  const node = h(
    "div",
    { class: "stn-now" },
    name,
    h("span", { class: "stn-bracket stn-theta" }, ...cells),
  );
  function set([left, top], theta, called) {
    Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
    show(name, called);
    theta.forEach((value, i) => {
      show(cells[i], short(value));
    });
  }
  /** @type {() => Point} */
  const size = () => [node.offsetWidth, node.offsetHeight];
  return { node, set, size };
}

export function picturesPanel(tools) {
  const matrices = [makeMatrix()];
  const layout = (width, state) => layoutPictures(width, state, matrices[0].size());
  const stage = makeStage({ layout, paint: paintPictures, titles }, tools);
  stage.node.append(matrices[0].node);
  // As many matrices as there are grids; the first one always stands, and is measured.
  function keep(count) {
    while (matrices.length < count) {
      matrices.push(makeMatrix());
      stage.node.append(matrices[matrices.length - 1].node);
    }
    matrices.forEach(({ node }, i) => {
      node.hidden = i >= count;
    });
  }
  function update(state, made, theme) {
    const { blocks } = stage.update(state, made, theme);
    const all = blocks.flatMap(({ matrices: places }, k) =>
      made.reads[k][state.digit].map((map, g, maps) => [places[g], map, maps.length > 1 ? g : -1]),
    );
    keep(all.length);
    all.forEach(([place, map, g], i) => {
      matrices[i].set(place, map.theta, matrixName(map, g));
    });
  }
  return { node: stage.node, update };
}

export function legendPanel() {
  const node = h("p", { class: "stn-note stn-legend" });
  return { node, update: (state) => show(node, legend(state)) };
}
