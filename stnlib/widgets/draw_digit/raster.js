// Strokes as a picture: every pixel is as bright as the nearest line is near. No DOM.
export const [SIDE, RADIUS] = [42, 1.15]; // pixels of the picture; half a pen's width

// Strokes after they were resized, turned about the middle of the canvas and moved: points are pixels.
/** @type {(strokes: Point[][], pose: {angle: number, size: number, shift: Point}) => Point[][]} */
export function posed(strokes, { angle, size, shift: [dx, dy] }) {
  const turn = (angle * Math.PI) / 180;
  const [cos, sin] = [size * Math.cos(turn), size * Math.sin(turn)];
  const middle = SIDE / 2;
  return strokes.map((stroke) =>
    stroke.map(([x, y]) => [
      middle + dx + cos * (x - middle) - sin * (y - middle),
      middle + dy + sin * (x - middle) + cos * (y - middle),
    ]),
  );
}

// How far a point is from the line between two others.
function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}

// A picture {data, height, width} of strokes; a stroke of one point is a dot.
export function rasterise(strokes, radius = RADIUS) {
  const data = new Float64Array(SIDE * SIDE);
  const ends = (a, b, low) => {
    const at = low ? Math.min(a, b) - radius - 1 : Math.max(a, b) + radius;
    return Math.min(Math.max(low ? Math.floor(at) : Math.ceil(at), 0), SIDE);
  };
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(i - 1, 0)];
      for (let row = ends(from[1], to[1], true); row < ends(from[1], to[1], false); row++) {
        for (
          let column = ends(from[0], to[0], true);
          column < ends(from[0], to[0], false);
          column++
        ) {
          const ink = radius + 0.5 - distance(column + 0.5, row + 0.5, from, to);
          const at = row * SIDE + column;
          if (ink > data[at]) data[at] = Math.min(ink, 1);
        }
      }
    });
  }
  return { data, height: SIDE, width: SIDE };
}
