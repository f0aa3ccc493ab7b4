// What stands over the pictures of a training replay: Play, the line of steps, and which runs are
// shown.
import { button, choice, slider } from "../shared/controls.js";
import { h, show } from "../shared/dom.js";
import { lastUpTo } from "../shared/player.js";
import { stepOf, stepSentence } from "./words.js";

export function playerPanel({ store, now, player, kept: { last } }) {
  const play = button("Play", player.press);
  // It counts records and not steps, so that each press of a key moves on to another record.
  const line = slider({
    name: "step",
    label: "training step",
    min: 0,
    max: now().steps.length - 1,
    step: 1,
    say: "training step",
    format: () => stepOf(now().step, last),
    input(index) {
      player.stop();
      store.begin();
      store.change({ step: now().steps[index] });
    },
    done: store.end,
  });
  function update({ step, steps }) {
    line.set(Math.max(lastUpTo(steps, step), 0), steps.length - 1);
    show(play, player.word());
  }
  return {
    node: h("div", { class: "stn-player" }, play, line.node),
    update,
    text: () => stepSentence(now()),
  };
}

// Which runs stand left and right, where there are more than two.
export function runsPanel({ store, kept: { runs } }) {
  const options = runs.map(({ name }) => [name, name]);
  const pick = (name, offers) => ({
    name,
    ...choice({ name, label: name, options: offers, pick: (run) => store.once({ [name]: run }) }),
  });
  const picks =
    runs.length < 3 ? [] : [pick("left", options), pick("right", [...options, [null, "none"]])];
  const node = picks.length
    ? h("div", { class: "stn-choices" }, ...picks.map((one) => one.node))
    : null;
  function update(state) {
    for (const { name, set } of picks) set(state[name]);
  }
  return { node, update };
}
