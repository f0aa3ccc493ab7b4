// The hand on the drawing: a pen on the canvas, and a knob that turns the drawing.
import { onDrag } from "../shared/hands.js";
import { clamp } from "../shared/numbers.js";
import { posed, SIDE } from "./raster.js";
import { HANDLE } from "./words.js";

const [NEAR, RIM, TURN, GROW] = [0.5, 0.94, 5, 0.05]; // px; of half a side; degrees; of an arrow key

const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;
const tidy = (value) => Number(value.toFixed(2));

export const hands = () => [
  {
    id: "turn",
    label: HANDLE,
    text: "\u21bb",
    spot({ drawing: [left, top, side] }, { angle }) {
      const turn = (angle * Math.PI) / 180;
      const reach = (RIM * side) / 2;
      return [left + side / 2 + reach * Math.sin(turn), top + side / 2 - reach * Math.cos(turn)];
    },
    move({ places: { drawing } }, [x, y]) {
      const [left, top, side] = drawing;
      const turn = Math.atan2(x - left - side / 2, top + side / 2 - y);
      return { angle: clamp(Math.round((turn * 180) / Math.PI), -180, 180) };
    },
    keys: (dx, dy, large, { angle, size }) => ({
      angle: clamp(wrapped(angle + dx * TURN * (large ? 5 : 1)), -180, 180),
      size: clamp(tidy(size - dy * GROW * (large ? 4 : 1)), 0.4, 1.6),
    }),
  },
];

// Where a point of the canvas lies on the drawing before it was resized, turned and moved.
function unposed(point, { angle, size, shift: [dx, dy] }) {
  const back = { angle: -angle, size: 1 / size, shift: /** @type {Point} */ ([0, 0]) };
  return posed([[[point[0] - dx, point[1] - dy]]], back)[0][0].map(tidy);
}

// A pen on the stage's canvas: each press is a stroke, and one step for undo.
export function addPen(canvas, placesOf, { now, store }) {
  canvas.style.touchAction = "none";
  canvas.style.cursor = "crosshair";
  const at = (event) => {
    const [left, top, side] = placesOf().drawing;
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - left, event.clientY - box.top - top].map(
      (value) => (value * SIDE) / side,
    );
  };
  /** @type {(point: number[]) => boolean} */
  const inside = ([x, y]) => x >= 0 && y >= 0 && x <= SIDE && y <= SIDE;
  let last = null;
  onDrag(canvas, {
    start(event) {
      if (!inside(at(event))) return false;
      event.preventDefault();
      store.begin();
      last = at(event);
      store.change({ strokes: [...now().strokes, [unposed(last, now())]] });
    },
    move(event) {
      const place = at(event);
      if (Math.hypot(place[0] - last[0], place[1] - last[1]) < NEAR) return;
      last = place;
      const { strokes } = now();
      const grown = [...strokes[strokes.length - 1], unposed(place, now())];
      store.change({ strokes: [...strokes.slice(0, -1), grown] });
    },
    end: store.end,
  });
}
