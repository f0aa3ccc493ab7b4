// The hand on the landscape: it drags the start over the map.
import { dragOffset, nudgeOffset, toMap } from "../shared/loss_map.js";
import { MAP } from "./state.js";

export const hands = ({ start }) => [
  {
    id: "start",
    label: "The start: drag it over the map, or use the arrow keys.",
    spot: ({ map }) => toMap(map, start),
    move: ({ state, places, at }, point) => ({
      start: dragOffset(places.map, state.start, at, point),
      step: 0,
    }),
    keys: (dx, dy, large) => ({ start: nudgeOffset(start, dx, dy, large, MAP.reach), step: 0 }),
  },
];
