// What the landscape computes and keeps: the blurred picture, the walk, the map and the basin.
// The walk is ready at once; map and basin are worked on a little in every frame.
import { pixels } from "../shared/view.js";
import { blurPicture, lossesAt, offBy, prepare, startPath, walkOn } from "./walk.js";
import { mapCanvas } from "../shared/heat_map.js";
import { MOVE, TURN } from "./scene.js";

const [COARSE, FINE_MAP, BASIN] = [17, 33, 11]; // lattices of the map and of the basin's starts
const COLOURS = { most: 2, every: 0.2 }; // in units of the variance
const SLICE = 6; // ms of work in a frame
export const HOME = 1; // a start succeeds when the grid ends less than a pixel off on average

const lattice = (n, part = 1) => {
  const at = (i, reach) => part * reach * ((2 * i) / (n - 1) - 1);
  return Array.from({ length: n * n }, (_, k) => [at(Math.floor(k / n), TURN), at(k % n, MOVE)]);
};

// The losses of a lattice, a few rows at a time; ends with the canvas of the map.
function* mapWork(known, canvas) {
  const places = lattice(FINE_MAP);
  const losses = new Float64Array(places.length);
  for (let i = 0; i < places.length; i += 20) {
    losses.set(lossesAt(known, places.slice(i, i + 20)), i);
    yield null;
  }
  mapCanvas(losses, FINE_MAP, canvas, COLOURS);
  yield "map";
}

function* basinWork(known, { count, rate, steps }, basin) {
  for (const start of lattice(BASIN, 0.95)) {
    let path = startPath(known, count, start);
    for (let step = 20; step <= steps; step += 20) {
      walkOn(known, path, rate, 20);
      path = [path[20]];
      yield null;
    }
    const found = offBy(path[0].theta, known.width) < HOME;
    basin.dots.push({ start, found });
    yield "dot";
  }
}

// `request` asks for a repaint. `get(state)` gives {known, path, map, basin, picture, scratch}.
export function makeWork(request, makeCanvas) {
  const made = { map: makeCanvas(), scratch: makeCanvas(), picture: makeCanvas(), basin: { dots: [] } };
  const keys = {};
  let [jobs, frame] = [{}, 0];
  const changed = (name, ...parts) => {
    const key = JSON.stringify(parts);
    if (keys[name] === key) return false;
    keys[name] = key;
    return true;
  };
  function work() {
    frame = 0;
    const until = performance.now() + SLICE;
    let seen = false;
    while (performance.now() < until && (jobs.map || jobs.basin)) {
      const name = jobs.map ? "map" : "basin";
      const { value, done } = jobs[name].next();
      if (done) delete jobs[name];
      seen ||= Boolean(value);
    }
    if (jobs.map || jobs.basin) frame = requestAnimationFrame(work);
    if (seen) request();
  }
  function get(state) {
    const { image, version, blur, count, start, rate, step, steps } = state;
    if (changed("picture", version, blur)) {
      made.known = prepare(blurPicture(image, blur));
      pixels(made.known.data, image.height, image.width, made.picture);
      mapCanvas(lossesAt(made.known, lattice(COARSE)), COARSE, made.map, COLOURS);
      jobs.map = mapWork(made.known, made.map);
    }
    if (changed("path", version, blur, count, start, rate)) made.path = startPath(made.known, count, start);
    walkOn(made.known, made.path, rate, step);
    if (changed("basin", version, blur, count, rate, state.basin)) {
      made.basin = { dots: [], all: state.basin ? BASIN ** 2 : 0 };
      jobs.basin = state.basin ? basinWork(made.known, { count, rate, steps }, made.basin) : null;
    }
    if ((jobs.map || jobs.basin) && !frame) frame = requestAnimationFrame(work);
    return made;
  }
  return { get, stop: () => cancelAnimationFrame(frame) };
}
