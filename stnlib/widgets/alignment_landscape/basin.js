// Which starts find the true place: a walk from each of a lattice, worked out bit by bit.
import { lattice } from "../shared/loss_map.js";
import { offBy, startPath, walkOn } from "./walk.js";

export const SIDE = 11; // starts in a row
const PART = 0.95; // of the map that they lie on
const HOME = 1; // a start succeeds when the grid ends less than a pixel off on average
const AT_ONCE = 20; // steps

// Put {start, found} into `dots`, one start after another.
export function* basinWork(known, { count, rate, steps, reach: [turn, move] }, dots) {
  for (const start of lattice(SIDE, [PART * turn, PART * move])) {
    let path = startPath(known, count, start);
    for (let step = AT_ONCE; step <= steps; step += AT_ONCE) {
      path = walkOn(known, path, rate, AT_ONCE).slice(-1);
      yield false;
    }
    dots.push({ start, found: offBy(path[0].theta, known.width) < HOME });
    yield true;
  }
}
