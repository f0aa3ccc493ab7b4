// The panels of the convention checker: what is given, and all forms of it under one convention.
import { choice, fixed, h, show } from "../shared/view.js";
import { button } from "../shared/figure.js";
import { codeOf, examples, FORMS, formsOf, readNumber, readNumbers } from "./state.js";

const KINDS = Object.keys(FORMS);
const ENTRIES = ["1, 1", "1, 2", "1, 3", "2, 1", "2, 2", "2, 3"];
const short = (value) => fixed(value, 4).replace(/\.?0+$/, "");
export const keep = (value, n) => Math.min(Math.max(value, 0), n - 1);

// A field for a number that is checked as it is typed. set(value) leaves it alone while it means
// that; tell(text) hears what is wrong, or null.
function field({ label, width, expected, accept, typed, paste, tell }) {
  const node = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label,
    style: `width: ${width}em`,
    oninput: () => {
      const value = readNumber(node.value);
      const good = value !== null && accept(value);
      node.setAttribute("aria-invalid", !good);
      tell(good ? null : `expected ${expected}, got “${node.value}”`);
      if (good) typed(value);
    },
    onchange: () => {
      if (node.getAttribute("aria-invalid") === "true") { tell(null); set(last, true); }
    },
    onpaste: (event) => {
      const whole = paste && readNumbers(event.clipboardData.getData("text"));
      if (whole) { event.preventDefault(); paste(whole); }
    },
  });
  let last = null;
  function set(value, force) {
    last = value;
    const meant = readNumber(node.value);
    if (!force && meant !== null && Math.abs(meant - value) < 5e-5) return;
    if (!force && document.activeElement === node && node.getAttribute("aria-invalid") === "true") return;
    node.value = short(value);
    node.setAttribute("aria-invalid", false);
  }
  return { node, set };
}

// What is given: the form, its six numbers, the sizes, and maps to try.
export function givenPanel(store, now) {
  const form = choice({
    name: "given", label: "you give", options: KINDS.map((kind) => [kind, FORMS[kind].name]),
    pick: (given) => { // the same map in the other form, read under align_corners=False
      const numbers = formsOf(now(), false)[given];
      store.once(numbers ? { given, numbers } : { given });
    },
  });
  const note = h("span", { class: "stn-note", role: "status" });
  let problem = null;
  const tell = (text) => { problem = text; write(); };
  const write = () => show(note, problem ?? FORMS[now().given].direction);
  const entries = ENTRIES.map((place, i) => field({
    label: `Number in row, column ${place}`, width: 5.4, tell,
    expected: "a number", accept: () => true,
    typed: (value) => store.nudge(`entry-${i}`, { numbers: now().numbers.map((v, k) => (k === i ? value : v)) }),
    paste: (numbers) => store.once({ numbers }),
  }));
  const size = (name, key, i) => field({
    label: `${name} ${["rows", "columns"][i]}`, width: 3.2, tell, expected: "a whole number from 2 to 4096",
    accept: (value) => Number.isInteger(value) && value >= 2 && value <= 4096,
    typed: (value) => store.nudge(`${key}-${i}`, resized(now(), key, i, value)),
  });
  const sizes = [["input", "input_size"], ["output", "output_size"]].map(([name, key]) =>
    ({ name, key, fields: [0, 1].map((i) => size(name, key, i)) }));
  const tries = h("div", { class: "stn-tries", role: "group", "aria-label": "Maps to try" },
    h("span", {}, "try"), ...Object.keys(examples(now())).map((name) => button(name, () => store.once(examples(now())[name]))));
  const node = h("div", { class: "stn-given" }, form.node,
    h("div", { class: "stn-entries" },
      h("span", { class: "stn-bracket stn-theta" }, ...entries.map((entry) => entry.node)), note),
    tries, h("div", { class: "stn-sizes" }, h("span", {}, "rows × columns of the"),
      ...sizes.map(({ name, fields }) => h("span", {}, `${name} `, fields[0].node, " × ", fields[1].node))));
  function update(state) {
    form.set(state.given);
    write();
    state.numbers.forEach((value, i) => entries[i].set(value));
    for (const { name, fields } of sizes) fields.forEach(({ set }, i) => set(state[name][i]));
  }
  return { node, update };
}

// A new size, and the marked pixel kept inside the output.
function resized({ input, output, pixel }, key, i, value) {
  const size = [...(key === "input_size" ? input : output)];
  size[i] = value;
  const kept = key === "output_size" ? { pixel: pixel.map((index, k) => keep(index, size[k])) } : {};
  return { [key]: size, ...kept };
}

// The three forms under one convention, and the same as code.
export function formsPanel() {
  const boxes = KINDS.map((kind) => {
    const cells = Array.from({ length: 6 }, () => h("span"));
    const matrix = h("span", { class: "stn-bracket stn-theta" }, ...cells);
    const none = h("span", { class: "stn-note" }, "no inverse");
    const name = h("p", {}, FORMS[kind].name);
    return { kind, cells, matrix, none, node: h("div", { class: "stn-form" }, name, matrix, none) };
  });
  const code = h("pre", { tabindex: "0", "aria-label": "The same as code" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      show(copy, "Copied");
    } catch { // no clipboard here: leave the text marked, ready for the keys
      getSelection().selectAllChildren(code);
      show(copy, "Marked");
    }
    setTimeout(() => show(copy, "Copy"), 2000);
  });
  const node = h("div", {}, ...boxes.map((one) => one.node),
    h("details", { class: "stn-code" }, h("summary", {}, "as code"), code, copy));
  function update(side, state) {
    for (const { kind, cells, matrix, none, node: whole } of boxes) {
      const map = side.forms[kind];
      matrix.hidden = !map;
      none.hidden = !!map;
      whole.classList.toggle("stn-is-given", kind === state.given);
      map?.forEach((value, i) => show(cells[i], fixed(value, 3)));
    }
    show(code, side.forms.theta ? codeOf(side, state) : "# the map is flat");
  }
  return { node, update };
}
