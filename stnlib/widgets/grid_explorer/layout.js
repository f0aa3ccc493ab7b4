// Where things lie on the grid explorer's stage.
import { clamp } from "../shared/numbers.js";
import { box, CORNERS, panelAt, toScreen } from "../shared/picture.js";
import { mapPoint } from "../shared/warp.js";

export const WIDE = 1.45; // the panel under the moving grid, as a multiple of its picture
const [NARROW, TOP] = [1.2, 26];
export const LETTERS = ["A", "B", "C", "D"];

// Place both pictures side by side; the one under the moving grid gets room around it.
export function layout(width, { direction, image, size, alignCorners }) {
  const gather = direction === "gather";
  const unit = width / (2 * (WIDE + NARROW));
  const panel = (left, reach, sides) => ({
    left,
    top: TOP + (WIDE - reach) * unit,
    side: 2 * reach * unit,
    ...panelAt([left + reach * unit, TOP + WIDE * unit], unit, sides, alignCorners),
  });
  const first = gather ? WIDE : NARROW;
  const input = panel(0, first, [image.height, image.width]);
  const output = panel(2 * first * unit, gather ? NARROW : WIDE, size);
  const [still, moving] = gather ? [output, input] : [input, output];
  return { width, height: 2 * WIDE * unit + TOP, unit, input, output, still, moving };
}

// Where the handles stand; kept inside the panel so that they can always be caught.
/** @type {(places: any, theta: Theta) => any} */
export function handlePlaces({ moving, unit }, theta) {
  const reach = moving.side / 2 - 12;
  /** @type {(point: Point) => Point} */
  const keep = ([x, y]) => [
    clamp(x, moving.cx - reach, moving.cx + reach),
    clamp(y, moving.cy - reach, moving.cy + reach),
  ];
  const at = (/** @type {Point} */ point) => toScreen(moving, mapPoint(theta, point));
  const [top, centre] = [at([0, -1]), at([0, 0])];
  const length = Math.hypot(top[0] - centre[0], top[1] - centre[1]);
  const stem = Math.min(30, 0.3 * unit + 8);
  const up =
    length > 1e-6 ? [(top[0] - centre[0]) / length, (top[1] - centre[1]) / length] : [0, -1];
  return {
    corners: CORNERS.map((corner) => keep(at(corner))),
    move: keep(centre),
    rotate: keep([top[0] + stem * up[0], top[1] + stem * up[1]]),
    stem: keep(top),
  };
}

export const titles = ({ input, output, moving, height }, { alignCorners }) =>
  [
    ["Input", input],
    ["Output", output],
  ].map(([name, panel]) => ({
    text: `${name} ${panel.rows} × ${panel.columns}`,
    kind: name.toLowerCase(),
    left: panel === moving ? panel.left : box(panel, alignCorners)[0],
    bottom: height - panel.top,
  }));
