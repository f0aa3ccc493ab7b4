// The families that are affine maps, as in stnlib.transforms: how many numbers θ has, which of them
// are the identity, the six numbers of the map, and the slopes for θ from those for the six.

const attention = {
  count: 3,
  identity: [1, 0, 0],
  matrix: ([s, x, y]) => [s, 0, x, 0, s, y],
  slopes: (_, g) => [g[0] + g[4], g[2], g[5]],
};

const similarity = {
  count: 4,
  identity: [0, 0, 0, 0],
  matrix([logScale, angle, x, y]) {
    const [cos, sin] = [Math.exp(logScale) * Math.cos(angle), Math.exp(logScale) * Math.sin(angle)];
    return [cos, -sin, x, sin, cos, y];
  },
  slopes(theta, g) {
    const [cos, , , sin] = similarity.matrix(theta);
    const [turn, grow] = [cos * (g[3] - g[1]) - sin * (g[0] + g[4]), cos * (g[0] + g[4])];
    return [grow + sin * (g[3] - g[1]), turn, g[2], g[5]];
  },
};

const affine = {
  count: 6,
  identity: [1, 0, 0, 0, 1, 0],
  matrix: (theta) => [...theta],
  slopes: (_, g) => [...g],
};

/** @type {Record<string, {count: number, identity: number[], matrix: (theta: number[]) => Theta, slopes: (theta: number[], g: number[]) => number[]}>} */
export const AFFINE_FAMILIES = { attention, similarity, affine };
