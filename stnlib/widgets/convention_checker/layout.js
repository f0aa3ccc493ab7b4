// Where things lie on one side of the convention checker.
import { box, panelAt } from "../shared/picture.js";

// The input with room for the moved grid, and the output beside it, smaller.
export function layout(width, { input, output }, alignCorners) {
  const room = 0.66 * width;
  const reach = room / 2 / 1.34;
  const tall = (size) => size[0] / Math.max(...size);
  const height = 2 * reach * Math.max(tall(input) + 0.5, 0.9) + 8;
  const middle = height / 2 - 4;
  const small = (width - room - 14) / 2;
  return {
    height,
    room,
    from: panelAt([room / 2 + 6, middle], reach, input, alignCorners),
    to: panelAt([width - small - 3, middle], small, output, alignCorners),
  };
}

// The middle of an output pixel on the stage.
/** @type {(panel: Panel, pixel: Size, alignCorners: boolean) => Point} */
export function middleOf(panel, [row, column], alignCorners) {
  const [left, top, width, height] = box(panel, alignCorners, row, column);
  return [left + width / 2, top + height / 2];
}

// The output pixel under a point of the stage, perhaps outside the output.
/** @type {(panel: Panel, point: Point, alignCorners: boolean) => Size} */
export function pixelAt(panel, [x, y], alignCorners) {
  const [left, top, width, height] = box(panel, alignCorners, 0, 0);
  return [Math.floor((y - top) / height), Math.floor((x - left) / width)];
}
