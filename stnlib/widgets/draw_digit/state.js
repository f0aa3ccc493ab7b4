// What two trained networks make of a drawing, and of the drawing turned all the way round. No DOM.
import { AFFINE_FAMILIES } from "../shared/affine_families.js";
import { runNet, softmax } from "../shared/net.js";
import { affineGrid, sample } from "../shared/warp.js";
import { posed, rasterise } from "./raster.js";

const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };
const SIZE = [20, 20]; // of what the grid reads
export const [STEP, TRAINED] = [5, 45]; // degrees between two angles, and of the trained range
export const ANGLES = Array.from({ length: 360 / STEP + 1 }, (_, i) => i * STEP - 180);

const poseOf = ({ angle, size, shift }) => ({ angle, size, shift });
export const pictureOf = (state) => rasterise(posed(state.strokes, poseOf(state)));

/** The network with a transformer: its map, its grid, what it reads, ten probabilities. */
export function lookThrough({ localisation, classifier }, picture) {
  const theta = AFFINE_FAMILIES.similarity.matrix(Array.from(runNet(localisation, picture)));
  const grid = affineGrid(theta, SIZE, false);
  const output = { data: sample(picture, grid, READING), height: SIZE[0], width: SIZE[1] };
  return { theta, grid, size: SIZE, output, chances: softmax(runNet(classifier, output)) };
}

const likeliest = (chances) => chances.indexOf(Math.max(...chances));

/** What both say of one picture. */
export function verdicts(networks, picture) {
  const own = lookThrough(networks, picture);
  const plain = softmax(runNet(networks.plain, picture));
  return { own, plain, says: likeliest(own.chances), plainSays: likeliest(plain) };
}

// All angles, one after another: [{angle, st, cnn}], each with what is said and its probability.
function* turned(state, networks, keep) {
  const found = [];
  for (const more of ANGLES) {
    const { own, plain, says, plainSays } = verdicts(
      networks,
      rasterise(posed(state.strokes, { ...poseOf(state), angle: state.angle + more })),
    );
    found.push({ angle: more, chances: own.chances, plain, says, plainSays });
    yield false;
  }
  keep(found);
}

export function readState(model) {
  const [strokes, around] = [model.get("strokes"), model.get("around")];
  return {
    strokes,
    around,
    angle: model.get("angle"),
    size: model.get("size"),
    shift: model.get("shift"),
    example: model.get("example"),
    blank: strokes.length === 0,
  };
}

export function derive(state, kept) {
  const { networks, work, changed } = kept;
  const picture = pictureOf(state);
  const made = verdicts(networks, picture);
  const asked = [state.strokes, state.angle, state.size, String(state.shift)];
  if (state.around && changed("turned", ...asked)) {
    kept.turned = null;
    work.start(
      "turned",
      turned(state, networks, (found) => (kept.turned = found)),
    );
  }
  const all = state.around ? kept.turned : null;
  return { ...made, picture, turned: all, busy: state.around && !all, canvases: kept };
}
