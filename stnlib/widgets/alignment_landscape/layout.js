// Where things lie on the landscape's stage.
import { panelAt } from "../shared/picture.js";
import { MAP } from "./state.js";

const [GUTTER, HEAD] = [44, 22];
const ROOM = 1.5; // how far the room round the input reaches, the picture's sides being 1

// The map, beside it (below it where the page is narrow) the grid, what it reads and the target.
export function layout(width, { side }) {
  const wide = width >= 560;
  const map = Math.min(wide ? 0.56 * width - GUTTER : width - GUTTER - 6, 420);
  const bottom = HEAD + map + 38;
  const panel = (left, top, size, reach = 1) =>
    panelAt([left + size / 2, top + size / 2], size / 2 / reach, [side, side], false);
  const right = GUTTER + map + 26;
  const room = wide ? width - right : 0.5 * width;
  const [left, top] = wide ? [right, HEAD] : [0, bottom + HEAD];
  const small = (wide ? room - 16 : width - room - 28) / 2;
  const first = wide ? left + 1 : room + 12;
  const row = top + (wide ? room + HEAD + 4 : (room - small) / 2);
  return {
    width,
    height: Math.max(bottom, wide ? row + small + 6 : top + room + 6),
    map: { left: GUTTER, top: HEAD, side: map, reach: MAP.reach },
    room: [left, top, room, room],
    input: panel(left, top, room, ROOM),
    output: panel(first, row, small),
    target: panel(first + small + 14, row, small),
  };
}
