// Plays steps in time. Nothing moves unless the hand asks; with reduced motion each press jumps on
// by a tenth of the run instead.

// Index of the last of some rising numbers that is not above a value; -1 if all are.
export function lastUpTo(numbers, value) {
  let [low, high] = [-1, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The recorded step that is nearest to a place on the scale of all steps.
export function nearestStep(steps, value) {
  const i = Math.max(lastUpTo(steps, value), 0);
  return i + 1 < steps.length && steps[i + 1] - value < value - steps[i] ? steps[i + 1] : steps[i];
}

// So many recorded steps onwards or back.
export function stepBy(steps, step, by) {
  const i = Math.max(lastUpTo(steps, step), 0) + by;
  return steps[Math.min(Math.max(i, 0), steps.length - 1)];
}

// `now` gives the present {step, steps}; `update` asks for a repaint; playing all steps takes
// `whole` ms, and `verb` is what the button says.
export function makePlayer(store, now, update, { whole = 8000, verb = "Play" } = {}) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let frame = 0;
  const ends = ({ steps }) => [steps[0], steps[steps.length - 1]];
  function stop() {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    store.end();
    update();
  }
  function jump() {
    const { step, steps } = now();
    const [first, last] = ends(now());
    const tenth = Math.max(1, Math.round(steps.length / 10));
    store.once({ step: step >= last ? first : stepBy(steps, step, tenth) });
  }
  function start() {
    const [first, last] = ends(now());
    const from = now().step >= last ? first : now().step;
    let begun = null;
    const tick = (time) => {
      begun ??= time;
      const step = nearestStep(now().steps, from + ((time - begun) / whole) * last);
      frame = requestAnimationFrame(tick);
      if (step !== now().step) store.change({ step });
      if (step >= last) stop();
    };
    store.begin();
    frame = requestAnimationFrame(tick);
    update();
  }
  const press = () => (frame ? stop() : still.matches ? jump() : start());
  return { press, stop, word: () => (frame ? "Pause" : still.matches ? "Next" : verb) };
}
