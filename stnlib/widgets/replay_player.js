// Plays recorded steps in time. Nothing moves unless the hand asks; with reduced motion each press
// jumps on by a tenth of the run instead.
import { nearestStep, stepBy } from "./replay_state.js";

const WHOLE = 8000; // ms that playing all steps takes

// `now` gives the present {step, steps}; `update` asks for a repaint.
export function makePlayer(store, now, update) {
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
      const step = nearestStep(now().steps, from + ((time - begun) / WHOLE) * last);
      frame = requestAnimationFrame(tick);
      if (step !== now().step) store.change({ step });
      if (step >= last) stop();
    };
    store.begin();
    frame = requestAnimationFrame(tick);
    update();
  }
  const press = () => (frame ? stop() : still.matches ? jump() : start());
  return { press, stop, word: () => (frame ? "Pause" : still.matches ? "Next" : "Play") };
}
