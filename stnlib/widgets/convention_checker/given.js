// What is given to the convention checker: the form, its six numbers, the sizes, and maps to try.
import { button, choice } from "../shared/controls.js";
import { h, show } from "../shared/dom.js";
import { makeField } from "./field.js";
import { examples, formsOf, resized } from "./state.js";
import { FORMS } from "./words.js";

const ENTRIES = ["1, 1", "1, 2", "1, 3", "2, 1", "2, 2", "2, 3"];

// The form that is given; another one holds the same map, read under align_corners=False.
const formChoice = ({ store, now }) =>
  choice({
    name: "given",
    label: "you give",
    options: Object.entries(FORMS).map(([form, { name }]) => [form, name]),
    pick(given) {
      const numbers = formsOf(now(), false)[given];
      store.once(numbers ? { given, numbers } : { given });
    },
  });

const entryField = ({ store, now }, place, i, tell) =>
  makeField({
    label: `Number in row ${place.replace(", ", ", column ")}`,
    width: 5.4,
    kind: "number",
    tell,
    typed: (value) =>
      store.nudge(`entry-${i}`, { numbers: now().numbers.map((v, k) => (k === i ? value : v)) }),
    paste: (numbers) => store.once({ numbers }),
  });

const sizeFields = ({ store, now }, name, tell) =>
  ["rows", "columns"].map((side, i) =>
    makeField({
      label: `${name} ${side}`,
      width: 3.2,
      kind: "size",
      tell,
      typed: (value) => store.nudge(`${name}_size-${i}`, resized(now(), `${name}_size`, i, value)),
    }),
  );

const maps = ({ store, now }) =>
  h(
    "div",
    { class: "stn-tries", role: "group", "aria-label": "Maps to try" },
    h("span", {}, "try"),
    ...Object.keys(examples(now())).map((name) =>
      button(name, () => store.once(examples(now())[name])),
    ),
  );

const entriesNode = (entries, note) => {
  const fields = entries.map((entry) => entry.node);
  const matrix = h("span", { class: "stn-bracket stn-theta" }, ...fields);
  return h("div", { class: "stn-entries" }, matrix, note);
};

const sizesNode = (sizes) => {
  const pairs = sizes.map(({ name, fields: [rows, columns] }) =>
    h("span", {}, `${name} `, rows.node, " × ", columns.node),
  );
  return h("div", { class: "stn-sizes" }, h("span", {}, "rows × columns of the"), ...pairs);
};

export function givenPanel(tools) {
  const note = h("span", { class: "stn-note", role: "status" });
  let [problem, given] = [null, tools.now().given];
  const write = () => show(note, problem ?? FORMS[given].direction);
  const tell = (text) => {
    problem = text;
    write();
  };
  const form = formChoice(tools);
  const entries = ENTRIES.map((place, i) => entryField(tools, place, i, tell));
  const sizes = ["input", "output"].map((name) => ({
    name,
    fields: sizeFields(tools, name, tell),
  }));
  const parts = [form.node, entriesNode(entries, note), maps(tools), sizesNode(sizes)];
  function update(state) {
    given = state.given;
    form.set(given);
    write();
    for (const [i, entry] of entries.entries()) entry.set(state.numbers[i]);
    for (const { name, fields } of sizes) {
      for (const [i, field] of fields.entries()) field.set(state[name][i]);
    }
  }
  return { node: h("div", { class: "stn-given" }, ...parts), update };
}
