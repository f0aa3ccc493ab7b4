// The hand on the grid bender: one handle for each point that the family holds.
import { fixed } from "../shared/numbers.js";
import { fromScreen } from "../shared/picture.js";
import { dragPoint, familyOf, held } from "./families.js";
import { keepInside, onScreen } from "./layout.js";
import { tidy } from "./state.js";

function pull({ name, size, theta }, index, place) {
  const pulled = dragPoint(familyOf(name, size), theta, index, place);
  return pulled && { theta: tidy(pulled) };
}

export const hands = (state, made) =>
  made.held.map(([x, y], index) => ({
    id: `point-${index}`,
    label: `Point ${index + 1} of ${made.held.length}, at (${fixed(x)}, ${fixed(y)}): drag, or use the arrow keys.`,
    spot: ({ input }) => keepInside(input, onScreen(input, [x, y])),
    move(grip, point) {
      const [x0, y0] = fromScreen(grip.places.input, grip.at);
      const [x1, y1] = fromScreen(grip.places.input, point);
      const spot = held(familyOf(grip.state.name, grip.state.size), grip.state.theta)[index];
      return pull(state, index, [spot[0] + x1 - x0, spot[1] + y1 - y0]);
    },
    keys(dx, dy, large) {
      const step = large ? 0.1 : 0.02;
      return pull(state, index, [x + step * dx, y + step * dy]);
    },
  }));
