// The drawing language that all live figures share: elements, colours of the page, handles,
// sliders, switches, marks on a canvas, and one repaint a frame. Nothing here knows any maths.

// Build an element: h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", child).
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// A number for the eye: fixed digits, a true minus sign, no minus zero.
export function fixed(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

// The same as a factor after a dot, and as a term after another one.
export const factor = (value) => (fixed(value).startsWith("\u2212") ? `(${fixed(value)})` : fixed(value));
export const signed = (value) =>
  `${fixed(value).startsWith("\u2212") ? "\u2212" : "+"} ${fixed(Math.abs(value))}`;

export const show = (node, text) => { if (node.textContent !== text) node.textContent = text; };

// Run paint once in the next frame, however often it is asked for.
export function oncePerFrame(paint) {
  let waiting = 0;
  const run = () => { waiting = 0; paint(); };
  const request = () => { waiting ||= requestAnimationFrame(run); };
  request.cancel = () => { cancelAnimationFrame(waiting); waiting = 0; };
  return request;
}

const luminance = (colour) => {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

// Read the page's colours, and mark the figure dark when the page's text is light.
export function readTheme(root) {
  root.classList.toggle("stn-dark", luminance(getComputedStyle(root).color) > 128);
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--stn-${name}`).trim();
  return {
    ink: style.color, muted: colour("muted"), line: colour("line"), halo: colour("halo"),
    input: colour("input"), output: colour("output"), font: style.fontFamily,
  };
}

// Call back when the page switches between light and dark; returns a function that stops it.
export function watchTheme(callback) {
  const observer = new MutationObserver(callback);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true });
  }
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", callback);
  return () => { observer.disconnect(); media.removeEventListener("change", callback); };
}

// Speak a sentence to screen readers once it has stood still for a while; the first one is written
// at once, since nobody is listening yet.
export function announcer(node, wait = 700) {
  let timer = 0;
  return (text) => {
    if (!node.textContent) { show(node, text); return; }
    clearTimeout(timer);
    timer = setTimeout(() => show(node, text), wait);
  };
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Call step(dx, dy, large) for the arrow keys; Shift makes the step large.
export function onArrows(node, step) {
  node.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(...arrow, event.shiftKey);
  });
}

// Follow a pointer from press to release: start(event) may return false to decline.
export function onDrag(node, { start, move, end }) {
  let active = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || active !== null || start(event) === false) return;
    active = event.pointerId;
    node.setPointerCapture(active);
  });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId === active) move(event);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    node.addEventListener(name, (event) => {
      if (event.pointerId !== active) return;
      active = null;
      end(event);
    });
  }
}

// A draggable round button. Name it with `id`; it is what the hand and the arrow keys move.
export function handle({ id, label, text, drag, arrows }) {
  const face = h("span", { "aria-hidden": "true" }, text ?? "");
  const node = h("button", {
    type: "button", class: "stn-handle", "data-handle": id, "aria-label": label, title: label,
  }, face);
  onDrag(node, drag);
  onArrows(node, arrows);
  return node;
}

// A native slider with its label and number. set(value) shows a value, even one out of range.
export function slider({ name, label, min, max, step, format, say, input, done }) {
  const number = h("span", { class: "stn-number" });
  const range = h("input", {
    type: "range", min, max, step, "data-slider": name, "aria-label": say,
    oninput: () => input(Number(range.value)), onchange: done,
  });
  const node = h("label", { class: "stn-slider" }, h("span", {}, label), number, range);
  const set = (value) => {
    const text = format(value);
    if (number.textContent === text) return;
    range.value = value;
    number.textContent = text;
    range.setAttribute("aria-valuetext", text);
  };
  return { node, set };
}

let groups = 0;

// A row of words of which one is chosen: options are [value, word] pairs.
export function choice({ name, label, options, pick }) {
  const group = `stn-${name}-${(groups += 1)}`;
  const words = h("div");
  const node = h("div", {
    class: "stn-choice", role: "radiogroup", "aria-label": label, "data-choice": name,
  }, h("span", { "aria-hidden": "true" }, label), words);
  const radios = options.map(([value, word]) => {
    const radio = h("input", { type: "radio", name: group, onchange: () => pick(value) });
    words.append(h("label", {}, radio, h("span", {}, word)));
    return { value, radio };
  });
  const set = (chosen) => {
    for (const { value, radio } of radios) radio.checked = value === chosen;
  };
  const enable = (wanted) => { for (const { radio } of radios) radio.disabled = !wanted; };
  return { node, set, enable };
}

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
export function writeText(ctx, text, x, y, colour, theme, { size = 11, weight = 400, align = "center" } = {}) {
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

export function polygon(points) {
  const path = new Path2D();
  points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
  return path;
}

// An arrow from one point to another, its head at the end; curve 0 makes it straight.
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
  marks.forEach((mark, i) => { mask.data[4 * i + 3] = mark ? 255 : 0; });
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
