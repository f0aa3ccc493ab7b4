// The page's side of the bench: a worker made from text, so that it works from file:// too; where a
// page's policy forbids workers, the same bench in short slices of the page's own time.
import source from "worker:./worker.js";
import { h } from "../shared/dom.js";

const SLICE = 8; // ms; a step takes about as long

// The bench itself, from the same text, in the page.
function benchOfPage() {
  const page = /** @type {any} */ (globalThis);
  if (!page.stnlibMakeBench) {
    const script = h("script", {}, source);
    document.head.append(script);
    script.remove();
  }
  return page.stnlibMakeBench;
}

// Start a bench: send(message), stop(); `heard` takes its news.
export function startBench(heard) {
  const sent = []; // for the page's own bench, should the worker fail
  let [worker, here] = [null, null];

  function stay() {
    worker?.terminate();
    worker = null;
    here = benchOfPage()((news) => heard(structuredClone(news)), SLICE);
    for (const message of sent.splice(0)) here(message);
  }
  try {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    worker = new Worker(url);
    worker.onmessage = ({ data }) => {
      sent.length = 0;
      URL.revokeObjectURL(url);
      heard(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      stay();
    };
  } catch {
    stay();
  }
  function send(message) {
    if (here) return here(message);
    sent.push(message);
    worker.postMessage(message);
  }
  return { send, stop: () => (here ? here({ kind: "go", until: 0 }) : worker.terminate()) };
}
