// The one way to make a figure. A figure says what it is, in parts that touch no page but by the
// tools given to them; this mounts it, repaints it when a setting or the page's colours change, and
// takes it away.

import { arrowPanel } from "./arrows.js";
import { controlPanel } from "./controls.js";
import { announcer, h, oncePerFrame, readTheme, show, watchTheme } from "./dom.js";
import { makePlayer } from "./player.js";
import { makeStage } from "./stage.js";
import { makeStore } from "./store.js";

/**
 * Make the `render` of a figure from
 * - label: its name for screen readers;
 * - settings: the traits that undo restores; watched: further ones that ask for a repaint;
 * - open(model, request): what lives as long as the figure (canvases, decoded pictures), `kept`;
 *   where not all panels are shown, `kept.shown` is the set of the names of those that are, and
 *   `kept.behind` of those that the button "More" shows;
 * - readState(model, kept): the settings under the names of the maths; derive(state, kept): all
 *   that follows from them, `made`, with `busy` while more is being worked out;
 * - stages: {name: stage}, see stage.js; panels: {name: (tools) => {node, update(state, made, theme), text?()}};
 *   a panel may hold a stage, makeStage(spec, tools), and updates it in the same way;
 * - controls(tools): see controls.js; slid: whether sliders do all that the arrow keys do; player: {whole, verb}, where the state has step and steps;
 * - caption(state, made): a sentence, or one for each of several things; {text, kind} gives it a class;
 * - classes(state): {class: whether the whole figure has it};
 * - order: the names of stages and panels, "caption" and "controls" as they follow each other, and
 *   as they are spoken;
 * - escape: the settings that the Escape key brings.
 */
/** @type {(figure: any) => (page: {model: any, el: HTMLElement}) => () => void} */
export const mountFigure =
  (figure) =>
  ({ model, el }) => {
    const { settings, watched = [], stages = {}, panels = {}, order } = figure;
    const root = h("div", {
      class: "stn-figure",
      role: "group",
      "aria-label": figure.label,
      dir: "ltr", // matrices and axes are not mirrored
    });
    const request = oncePerFrame(repaint);
    const store = makeStore(model, settings, request);
    const kept = /** @type {any} */ (figure.open?.(model, request) ?? {});
    const now = () => figure.readState(model, kept);
    const player = figure.player && makePlayer(store, now, request, figure.player);
    const stop = () => player?.stop();
    const hover = (hovered) => {
      kept.hovered = hovered;
      request();
    };
    const tools = { model, store, now, request, kept, player, stop, root, hover };
    const behind = (name) => Boolean(kept.behind?.has(name));
    const wanted = Object.entries(panels).filter(
      ([name]) => behind(name) || (kept.shown?.has(name) ?? true),
    );
    const caption = makeCaption();
    const parts = {
      ...Object.fromEntries(
        Object.entries(stages).map(([name, spec]) => [name, makeStage(spec, tools)]),
      ),
      ...Object.fromEntries(wanted.map(([name, make]) => [name, make(tools)])),
    };
    const controls = controlPanel(
      figure.controls?.(tools) ?? {},
      tools,
      figure.slid ? null : arrowPanel(root),
    );
    for (const [name, part] of Object.entries(parts))
      if (behind(name)) part.node.classList.add("stn-behind");
    const shown = { ...parts, caption, controls };
    const spoken = h("p", { class: "stn-spoken", "aria-live": "polite" });
    const say = announcer(spoken);
    let theme = null;

    function repaint() {
      if (!root.clientWidth) return; // not in the page yet: the observer of its size calls again
      theme ??= readTheme(root);
      const state = now();
      const made = figure.derive(state, kept);
      for (const [name, has] of Object.entries(figure.classes?.(state) ?? {}))
        root.classList.toggle(name, has);
      for (const part of Object.values(parts)) part.update(state, made, theme);
      controls.update(state);
      const told = order.map((name) =>
        name === "caption" ? caption.write(figure.caption(state, made)) : shown[name]?.text?.(),
      );
      root.setAttribute("aria-busy", Boolean(made.busy));
      say(told.filter(Boolean).join(" "));
      store.save();
    }

    root.append(...order.map((name) => shown[name]?.node).filter(Boolean), spoken);
    root.addEventListener("keydown", (event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        store.undo();
      } else if (event.key === "Escape" && figure.escape) {
        hover(null);
        store.change(figure.escape);
      }
    });
    const events = [...settings, ...watched].map((key) => `change:${key}`);
    for (const event of events) model.on(event, request);
    const stopTheme = watchTheme(() => {
      theme = null;
      request();
    });
    const resize = new ResizeObserver(request);
    el.append(root);
    resize.observe(root);
    repaint();
    return () => {
      stop();
      kept.stop?.();
      request.cancel();
      stopTheme();
      resize.disconnect();
      for (const event of events) model.off(event, request);
    };
  };

// The lines under the pictures; a line is a sentence, or {text, kind}.
function makeCaption() {
  const node = h("div", { class: "stn-caption" });
  function write(told) {
    const lines = [told]
      .flat()
      .map((line) => (line.text === undefined ? { text: line, kind: "" } : line));
    while (node.children.length > lines.length) node.lastChild.remove();
    while (node.children.length < lines.length) node.append(h("p"));
    lines.forEach(({ text, kind }, i) => {
      show(node.children[i], text);
      if (node.children[i].className !== kind) node.children[i].className = kind;
    });
    return lines
      .map(({ text }) => text)
      .filter(Boolean)
      .join(" ");
  }
  return { node, write };
}
