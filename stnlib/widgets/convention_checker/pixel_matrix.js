// θ as other libraries write it, a matrix on pixel indices: the page's side of pixel_matrix.py.
// A map is six numbers, row by row. "skimage" leads from output pixels to input pixels, "opencv"
// from input pixels to output pixels; both take (column, row, 1). Sizes are [height, width].
import { determinant } from "../shared/warp.js";

// The map that does `first` and then `second`.
export function compose(second, first) {
  const [a, b, x, c, d, y] = second;
  const [e, f, u, g, h, v] = first;
  return [
    a * e + b * g,
    a * f + b * h,
    a * u + b * v + x,
    c * e + d * g,
    c * f + d * h,
    c * u + d * v + y,
  ];
}

// The map that leads back, or null where a flattened map has none.
export function invert(map) {
  const det = determinant(map);
  if (!Number.isFinite(det) || Math.abs(det) < 1e-12) return null;
  const [a, b, x, c, d, y] = map;
  return [d / det, -b / det, (b * y - d * x) / det, -c / det, a / det, (c * x - a * y) / det];
}

// From pixel indices to normalised coordinates.
export function normalisedFromPixels([height, width], alignCorners) {
  const less = alignCorners ? 1 : 0;
  const [w, h] = [width - less, height - less];
  return [2 / w, 0, (1 - width) / w, 0, 2 / h, (1 - height) / h];
}

export function pixelFromTheta(theta, input, output, convention, alignCorners) {
  const source = invert(normalisedFromPixels(input, alignCorners));
  const map = compose(compose(source, theta), normalisedFromPixels(output, alignCorners));
  return convention === "opencv" ? invert(map) : map;
}

export function thetaFromPixel(matrix, input, output, convention, alignCorners) {
  const map = convention === "opencv" ? invert(matrix) : matrix;
  const target = invert(normalisedFromPixels(output, alignCorners));
  return map && compose(compose(normalisedFromPixels(input, alignCorners), map), target);
}

// A turn in pixels, by an angle in radians, that takes the middle of the output to the input's.
export function turnInPixels(angle, [rows, columns], [height, width]) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [(width - 1) / 2, (height - 1) / 2]; // of the output's middle
  return [
    cos,
    -sin,
    (columns - 1) / 2 - cos * x + sin * y,
    sin,
    cos,
    (rows - 1) / 2 - sin * x - cos * y,
  ];
}
