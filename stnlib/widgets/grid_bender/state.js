// What follows from the settings of the grid bender: the bent grid, its folds, the output. No DOM.

import { pixels } from "../shared/pen.js";
import { axis, bentGrid, sample } from "../shared/warp.js";
import { familyOf, held } from "./families.js";

const READING = { mode: "bilinear", padding: "zeros", alignCorners: false };

export const readState = (model, { readImage }) => ({
  image: readImage(model),
  name: model.get("family"),
  size: model.get("control_grid"),
  theta: model.get("theta"),
});

export function derive({ image, name, size, theta }, kept) {
  const family = familyOf(name, size);
  const jet = family.jet(theta);
  const bent = bentGrid(jet, axis(image.width, false), axis(image.height, false));
  return {
    family,
    jet,
    ...bent,
    held: held(family, theta),
    linear: family.linearPart?.(theta),
    output: pixels(sample(image, bent.grid, READING), image.height, image.width, kept.output),
  };
}

// θ as it is stored: four digits.
export const tidy = (numbers) => numbers.map((value) => Math.round(value * 1e4) / 1e4);
