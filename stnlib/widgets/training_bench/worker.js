// The script of the worker: the bench, with messages in and news out.
import { makeBench } from "./bench.js";

const SLICE = 30; // ms of training between two news

const scope = /** @type {any} */ (globalThis);
const receive = makeBench((news) => scope.postMessage(news), SLICE);
scope.onmessage = ({ data }) => receive(data);
