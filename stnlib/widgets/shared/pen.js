// The drawing language that all live figures share: marks on a canvas. Nothing here knows any maths.

// Turn values 0 ... 1 into a canvas of that many pixels.
export function pixels(data, height, width, canvas = document.createElement("canvas")) {
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
  }
  const image = new ImageData(width, height);
  for (let i = 0, k = 0; i < data.length; i++, k += 4) {
    image.data[k] = image.data[k + 1] = image.data[k + 2] = Math.round(255 * data[i]);
    image.data[k + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// Stroke a path twice, so that it can be seen on black and on white.
/** @type {(ctx: Pen, path: Path2D, colour: string, halo: string, width: number) => void} */
export function haloStroke(ctx, path, colour, halo, width) {
  ctx.lineJoin = "round";
  ctx.lineWidth = width + 2;
  ctx.strokeStyle = halo;
  ctx.stroke(path);
  ctx.lineWidth = width;
  ctx.strokeStyle = colour;
  ctx.stroke(path);
}

// Write on a canvas, with a halo that keeps the letters legible on any ground.
/** @type {(ctx: Pen, text: string, x: number, y: number, colour: string, theme: Theme, style?: {size?: number, weight?: number, align?: CanvasTextAlign}) => void} */
export function writeText(
  ctx,
  text,
  x,
  y,
  colour,
  theme,
  { size = 11, weight = 400, align = "center" } = {},
) {
  ctx.font = `${weight} ${size}px ${theme.font}`;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = theme.halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

// The name of a part of a picture, above its left corner.
/** @type {(ctx: Pen, text: string, x: number, y: number, colour: string, theme: Theme) => void} */
export const writeTitle = (ctx, text, x, y, colour, theme) =>
  writeText(ctx, text, x, y, colour, theme, { align: "left", weight: 600 });

/** @type {(points: Point[]) => Path2D} */
export function polygon(points) {
  const path = new Path2D();
  points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
  return path;
}

// An arrow from one point to another, its head at the end; curve 0 makes it straight.
/** @type {(ctx: Pen, from: Point, to: Point, colour: string, halo: string, curve?: number) => void} */
export function arrow(ctx, [x0, y0], [x1, y1], colour, halo, curve = 0.16) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = Math.hypot(dx, dy);
  if (length < 8) return;
  const bend = Math.min(curve * length, 46) * (dx < 0 ? 1 : -1);
  const [mx, my] = [(x0 + x1) / 2 - (dy / length) * bend, (y0 + y1) / 2 + (dx / length) * bend];
  const angle = Math.atan2(y1 - my, x1 - mx);
  const [tx, ty] = [x1 - 3 * Math.cos(angle), y1 - 3 * Math.sin(angle)];
  const path = new Path2D();
  path.moveTo(x0, y0);
  path.quadraticCurveTo(mx, my, tx, ty);
  for (const side of [-0.42, 0.42]) {
    path.moveTo(tx, ty);
    path.lineTo(tx - 9 * Math.cos(angle + side), ty - 9 * Math.sin(angle + side));
  }
  ctx.save();
  ctx.lineCap = "round"; // for this stroke only: round ends change the dashes of others
  haloStroke(ctx, path, colour, halo, 2);
  ctx.restore();
}

// Fill the marked pixels of a picture with slanted lines: `marks` are its flags, row by row, `box`
// is its place, and `scratch` a canvas to reuse. One fill for all pixels, however many there are.
export function hatchPixels(ctx, marks, [rows, columns], box, { colour, ground, gap }, scratch) {
  const mask = new ImageData(columns, rows);
  marks.forEach((mark, i) => {
    mask.data[4 * i + 3] = mark ? 255 : 0;
  });
  const small = pixels([], rows, columns);
  small.getContext("2d").putImageData(mask, 0, 0);
  const scale = ctx.getTransform().a;
  const [left, top, width, height] = box.map((value) => value * scale);
  const [x0, y0] = [Math.floor(left), Math.floor(top)]; // whole pixels of the screen, no seams
  [scratch.width, scratch.height] = [Math.ceil(width) + 1, Math.ceil(height) + 1];
  const pen = scratch.getContext("2d");
  const flood = (fill, alpha) => {
    pen.globalAlpha = alpha;
    pen.fillStyle = fill;
    pen.fillRect(0, 0, scratch.width, scratch.height);
  };
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, left - x0, top - y0, width, height);
  pen.globalCompositeOperation = "source-atop";
  flood(ground, 1);
  flood(colour, 0.3); // a tint, because a grey or a white could be taken for ink
  pen.globalAlpha = 0.7;
  pen.strokeStyle = colour;
  pen.lineWidth = scale;
  pen.beginPath();
  for (let x = -height; x < width; x += gap * scale) {
    pen.moveTo(x, height);
    pen.lineTo(x + height, 0);
  }
  pen.stroke();
  ctx.save();
  ctx.resetTransform();
  ctx.drawImage(scratch, x0, y0);
  ctx.restore();
}
