// The script that trains. In a worker it takes messages and posts news; put into a page, it leaves the
// bench there for client.js to take.
import { makeBench } from "./bench.js";

const SLICE = 30; // ms of training between two news

const scope = /** @type {any} */ (globalThis);
if (scope.document) scope.stnlibMakeBench = makeBench;
else {
  const receive = makeBench((news) => scope.postMessage(news), SLICE);
  scope.onmessage = ({ data }) => receive(data);
}
