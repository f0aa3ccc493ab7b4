// What trains: it takes messages and posts news, in a worker or, in short slices, in the page. No DOM.
import { decodeDigits } from "./digits.js";
import { makeRun } from "./trainer.js";

// What a hand's grid does when it is let go: descent on θ alone, the weights at rest.
const [LEAST, FOLLOWED] = [0.02, 90];

function follow(run, digit, from) {
  const path = [from];
  const [means, squares] = [from.map(() => 0), from.map(() => 0)];
  for (let taken = 1; taken <= FOLLOWED; taken++) {
    const { onTheta } = run.look(digit, path.at(-1));
    path.push(
      path.at(-1).map((value, k) => {
        means[k] = 0.9 * means[k] + 0.1 * onTheta[k];
        squares[k] = 0.99 * squares[k] + 0.01 * onTheta[k] ** 2;
        const size = Math.sqrt(squares[k] / (1 - 0.99 ** taken)) + 1e-8;
        return value + (LEAST * means[k]) / (1 - 0.9 ** taken) / size;
      }),
    );
  }
  return path;
}

// The digits as the page has them: a letter "a" … "q" a pixel, the first pixels of all digits first; a
// figure a label.
function decode({ train, images, labels }) {
  const [count, each] = [labels.length, images.length / labels.length];
  const pixels = Uint8Array.from(
    images,
    (_, i) => images.charCodeAt((i % each) * count + Math.floor(i / each)) - 97,
  );
  const all = decodeDigits(pixels, Array.from(labels, Number));
  return { train: all.slice(0, train), test: all.slice(train) };
}

/**
 * Make it from `post`, which takes the news, and the length of a slice in ms. Messages are
 * {kind: "start", id, settings, digits?}, {kind: "go", until}, {kind: "watch", digit, theta},
 * {kind: "rate", value} and {kind: "follow", digit, theta}; a `go` up to the present step pauses.
 */
export function makeBench(post, slice) {
  let [digits, run, id, until, digit, theta, timer] = [null, null, 0, 0, 0, null, 0];

  function news(more = {}) {
    const look = run.look(digit, theta);
    const { history } = run;
    const [testing, stopped] = [run.testing(), run.stopped()];
    post({
      id,
      history,
      thetas: run.watch(),
      look,
      digit,
      theta,
      testing,
      stopped,
      until,
      ...more,
    });
  }
  function work() {
    const end = performance.now() + slice;
    timer = 0;
    const before = run.history.loss.length;
    const left = () => !run.stopped() && (run.testing() || run.history.loss.length < until);
    while (left() && performance.now() < end) run.advance();
    if (run.history.loss.length > before) theta = null; // the network's own θ returns
    if (left()) timer = setTimeout(work, 0);
    news();
  }
  return function receive(message) {
    if (message.kind === "start") {
      clearTimeout(timer);
      digits = message.digits ? decode(message.digits) : digits;
      run = makeRun(message.settings, digits);
      [id, until, theta, timer] = [message.id, 0, null, 0];
      post({ id, probes: run.probes });
    } else if (message.kind === "go") {
      until = Math.min(message.until, run.steps);
      if (!timer && run.history.loss.length < until) timer = setTimeout(work, 0);
    } else if (message.kind === "watch") {
      [digit, theta] = [message.digit, message.theta];
    } else if (message.kind === "rate") {
      run.setLocalisationRate(message.value);
    } else if (message.kind === "follow") {
      news({ path: follow(run, message.digit, message.theta) });
      return;
    }
    if (!timer) news();
  };
}
