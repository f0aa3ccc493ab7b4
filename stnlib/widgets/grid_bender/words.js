// What the grid bender says about its state, in words. Pure functions, no DOM.

/** What each family keeps: one sentence for every name in stnlib.transforms.FAMILIES. */
export const KEEPS = {
  attention: "Lines, parallels, angles and directions are kept.",
  similarity: "Lines, parallels and angles are kept.",
  affine: "Lines and parallels are kept, angles are not.",
  projective: "Lines stay straight; parallels are not kept.",
  "piece-wise affine": "Lines stay straight inside each triangle, and break at its edges.",
  "thin plate spline": "Lines bend, as little as the control points allow.",
};

export function caption({ name, theta }, { folded, linear }) {
  const over = folded.reduce((sum, flag) => sum + flag, 0);
  const folds = over
    ? `At ${over} of ${folded.length} points (crosses) the grid is turned over.`
    : "Nothing is turned over.";
  const parts = linear ? " Dashed: the linear part; the lines from there are the bending." : "";
  return `${name[0].toUpperCase()}${name.slice(1)}: ${theta.length} numbers. ${KEEPS[name]} ${folds}${parts}`;
}
