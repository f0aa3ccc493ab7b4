// A field for a number that is checked as it is typed.
import { h } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { readNumber, readNumbers, readSize } from "./typed.js";
import { expected } from "./words.js";

const READ = { number: readNumber, size: readSize };
const short = (value) => fixed(value, 4).replace(/\.?0+$/, "");

// `kind` is what is expected, "number" or "size"; typed(value) hears a good number, paste(numbers)
// a whole map, and tell(text) what is wrong, or null.
// set(value) leaves alone what means that value, and what is still being typed.
export function makeField({ label, width, kind, typed, paste = null, tell }) {
  let last = null;
  const mark = (good) => node.setAttribute("aria-invalid", !good);
  const bad = () => node.getAttribute("aria-invalid") === "true";
  function write() {
    node.value = short(last);
    mark(true);
  }
  function oninput() {
    const value = READ[kind](node.value);
    mark(value !== null);
    tell(value === null ? expected(kind, node.value) : null);
    if (value !== null) typed(value);
  }
  function onchange() {
    if (!bad()) return;
    tell(null);
    write();
  }
  function onpaste(event) {
    const numbers = paste && readNumbers(event.clipboardData.getData("text"));
    if (!numbers) return;
    event.preventDefault();
    paste(numbers);
  }
  const text = { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label };
  const style = `width: ${width}em`;
  const node = h("input", { ...text, style, oninput, onchange, onpaste });
  function set(value) {
    last = value;
    const meant = readNumber(node.value);
    if (meant !== null && Math.abs(meant - value) < 5e-5) return;
    if (document.activeElement !== node || !bad()) write();
  }
  return { node, set };
}
