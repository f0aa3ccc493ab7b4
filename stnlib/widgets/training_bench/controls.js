// What stands round the pictures of the bench: the buttons that train, presets, settings.
import { button, choice } from "../shared/controls.js";
import { h, show } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { PRESETS } from "./state.js";
import { HINT, progress, WORDS, waits } from "./words.js";

// Play, one step, ten steps, Restart; how far it has come; what waits for Restart.
export function playerPanel({ now, kept: { session } }) {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const on = (count) => session.go(Math.min(session.step() + count, now().whole));
  function press() {
    if (now().running) session.go(0);
    else if (now().stopped || session.step() >= now().whole)
      session.restart(reduced.matches ? 0 : now().steps);
    else on(reduced.matches ? Math.ceil(now().whole / 10) : now().whole);
  }
  const play = button("Play", press);
  const [one, ten] = [button("1 step", () => on(1)), button("10 steps", () => on(10))];
  const restart = button("Restart", () => session.restart(0));
  const letGo = button("Let go", session.letGo);
  const [far, waiting] = [h("p", { class: "stn-far" }), h("p", { class: "stn-note" })];
  const bar = h("progress", { "aria-label": "training", max: 1 });
  const node = h(
    "div",
    { class: "stn-bench" },
    h("div", { class: "stn-buttons" }, play, one, ten, restart, letGo),
    h("div", {}, far, bar),
    waiting,
  );
  function update(state) {
    const over = state.step >= state.whole || Boolean(state.stopped);
    const word = state.running ? "Pause" : over ? "Play again" : reduced.matches ? "Next" : "Play";
    show(play, word);
    for (const node of [one, ten]) node.disabled = state.running || over;
    letGo.disabled = state.running || !state.held;
    show(far, progress(state));
    bar.value = state.step / state.whole;
    show(waiting, waits(state));
  }
  return { node, update, text: () => `${far.textContent} ${waiting.textContent}`.trim() };
}

// The failures of the book, each a press away.
export function presetPanel({ store }) {
  const options = Object.keys(PRESETS).map((name) => [name, name]);
  const pick = (name) => store.once(PRESETS[name]);
  const { node, set } = choice({
    name: "preset",
    label: "a run that is",
    options,
    wide: true,
    pick,
  });
  return { node: h("div", { class: "stn-choices" }, node), update: ({ preset }) => set(preset) };
}

const percent = (value) => `${fixed(100 * value, 0)} %`;
const range = (name, most, step, format) => ({
  name,
  label: WORDS[name],
  min: 0,
  max: most,
  step,
  format,
  value: (state) => state[name],
  change: (value) => ({ [name]: value }),
});
const words = (name, options, wide = false) => ({
  name,
  label: WORDS[name],
  wide,
  options: options.map((value) => (Array.isArray(value) ? value : [value, value])),
  value: (state) => state[name],
  change: (value) => ({ [name]: value }),
});

export const controls = () => ({
  hint: HINT,
  about: "how far digits are distorted",
  behind: { sliders: true, choices: true, any: true },
  sliders: [
    range("degrees", 180, 5, (value) => `${fixed(value, 0)}°`),
    range("resize", 0.5, 0.05, percent),
    range("move", 1, 0.1, percent),
  ],
  choices: [
    words("localisation_rate", [
      [0, "0"],
      [0.1, "× 0.1"],
      [1, "× 1"],
      [10, "× 10"],
      [20, "× 20"],
    ]),
    words("family", ["attention", "similarity", "affine"]),
    words("start", ["identity", "random"]),
    words("rate", [
      [1, "× 1"],
      [20, "× 20"],
    ]),
    words("background", ["black", "white"]),
    words("classifier", ["linear", "small", "large"]),
    words("pictures", ["new", "256"]),
    words("seed", [0, 1, 2, 3, 4]),
  ],
});

// θ of the large picture, number by number, with the pull on each.
export function thetaPanel() {
  const body = h("tbody");
  const head = ["θ", "now", "pull"].map((word) => h("th", { scope: "col" }, word));
  const node = h("table", { class: "stn-table" }, h("thead", {}, h("tr", {}, ...head)), body);
  function update({ trained }, { theta, look }) {
    const names = WORDS.theta[trained];
    while (body.children.length > names.length) body.lastChild.remove();
    while (body.children.length < names.length)
      body.append(h("tr", {}, h("th", { scope: "row" }), h("td"), h("td")));
    names.forEach((name, k) => {
      const [first, now, pull] = body.children[k].children;
      show(first, name);
      show(now, theta ? fixed(theta[k]) : "");
      show(pull, look ? fixed(look.onTheta[k], 3) : "");
    });
  }
  return { node, update };
}
