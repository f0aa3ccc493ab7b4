// Elements of a page, and its colours.

const FOCUSABLE = new Set(["button", "input", "select", "textarea"]);

// Build an element: h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", child).
/** @type {(tag: string, attributes?: Record<string, any>, ...children: (Node | string | null)[]) => any} */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  // JupyterLab leaves the keys to an element that has this itself; of its parents it does not ask.
  if (FOCUSABLE.has(tag) || "tabindex" in attributes)
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children.filter((child) => child != null));
  return node;
}

/** @type {(node: Node, text: string) => void} */
export const show = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

// Run paint once in the next frame, however often it is asked for; catchUp paints what waits at once.
export function oncePerFrame(paint) {
  let waiting = 0;
  const run = () => {
    waiting = 0;
    paint();
  };
  const request = () => {
    waiting ||= requestAnimationFrame(run);
  };
  request.cancel = () => {
    cancelAnimationFrame(waiting);
    waiting = 0;
  };
  request.catchUp = () => {
    if (waiting) {
      request.cancel();
      paint();
    }
  };
  return request;
}

const luminance = (colour) => {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

// Read the page's colours, and mark the figure dark when the page's text is light.
/** @type {(root: Element) => Theme} */
export function readTheme(root) {
  root.classList.toggle("stn-dark", luminance(getComputedStyle(root).color) > 128);
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--stn-${name}`).trim();
  return {
    ink: style.color,
    muted: colour("muted"),
    line: colour("line"),
    halo: colour("halo"),
    input: colour("input"),
    output: colour("output"),
    grids: [1, 2, 3, 4].map((k) => colour(`grid-${k}`)),
    font: style.fontFamily,
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
  return () => {
    observer.disconnect();
    media.removeEventListener("change", callback);
  };
}

// Speak a sentence to screen readers once it has stood still for a while; the first one is written
// at once, since nobody is listening yet.
export function announcer(node, wait = 700) {
  let timer = 0;
  return (text) => {
    node.dataset.newest = text; // for a still, which need not wait
    if (!node.textContent) {
      show(node, text);
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => show(node, text), wait);
  };
}
