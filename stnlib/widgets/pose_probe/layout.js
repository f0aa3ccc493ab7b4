// Where things lie on the pose probe's stage.
import { panelAt } from "../shared/picture.js";
import { MAP } from "./state.js";

const [GUTTER, HEAD, BARS] = [40, 22, 96];
export const ROOM = 1.2; // how far the room round the input reaches, the picture's sides being 1

// The map, beside it (below it where the page is narrow) the grid, what it reads, and ten bars.
export function layout(width, { image, size }) {
  const wide = width >= 560;
  const map = Math.min(wide ? 0.5 * width - GUTTER : width - GUTTER - 6, 380);
  const bottom = HEAD + map + 38;
  const [left, top] = wide ? [GUTTER + map + 24, HEAD] : [0, bottom + HEAD];
  const across = width - left - (wide ? 2 : 0);
  const room = 0.6 * (across - 14);
  const panel = (x, y, side, shape, reach = 1) =>
    panelAt([x + side / 2, y + side / 2], side / 2 / reach, shape, false);
  const bars = { left, top: top + room + 2 * HEAD - 8, width: across, height: BARS };
  return {
    width,
    height: Math.max(wide ? bottom : 0, bars.top + BARS + 20),
    map: { left: GUTTER, top: HEAD, side: map, reach: MAP.reach },
    room: [left, top, room, room],
    input: panel(left, top, room, [image.height, image.width], ROOM),
    output: panel(left + room + 15, top + 1, across - 16 - room, size),
    bars,
  };
}
