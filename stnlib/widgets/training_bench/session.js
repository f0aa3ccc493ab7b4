// What stands between a figure's settings and its bench: starts, restarts, and what has come back.
import { pixels } from "../shared/pen.js";
import { startBench } from "./client.js";
import { SIDE } from "./model.js";
import { forRun } from "./trainer.js";

// The settings that make a run; a change of the last one takes effect at once, of others at Restart.
export const RUN = [
  "family",
  "start",
  "rate",
  "degrees",
  "resize",
  "move",
  "background",
  "classifier",
  "pictures",
  "seed",
  "steps",
];
const AT_ONCE = "localisation_rate";

const valuesOf = (model) =>
  Object.fromEntries([...RUN, AT_ONCE].map((key) => [key, model.get(key)]));

export function makeSession(model, request) {
  const bench = startBench(hear);
  const session = {
    news: null, // the last that the bench told
    probes: [], // {image, label} of the test pictures that are watched
    applied: valuesOf(model),
    grabbed: false, // whether a hand holds a grid now
    path: [], // where a grid goes that was let go, while it goes
    following: false, // whether it is asked for, or on its way
    goal: model.get("step"), // the step up to which it trains
    step: () => session.news?.history.loss.length ?? 0,
    // Also while the bench has not heard of a pause.
    running() {
      const { stopped, testing = false, until = 0 } = session.news ?? {};
      return !stopped && (testing || Math.max(session.goal, until) > session.step());
    },
    waiting: () => RUN.filter((key) => session.applied[key] !== model.get(key)),
    restart: again,
    go,
    release,
    letGo,
    stop,
  };
  let [id, digits, frame, heldAt] = [0, model.get("digits"), 0, session.goal];

  function again(goal) {
    model.set("held", null);
    restart(goal);
  }
  function restart(goal = 0) {
    cancelAnimationFrame(frame);
    session.applied = valuesOf(model);
    [session.goal, session.news, session.path] = [goal, null, []];
    session.following = false;
    id += 1;
    bench.send({ kind: "start", id, settings: forRun(session.applied), digits });
    digits = undefined; // the bench keeps them
    watch();
    if (goal) go(goal);
    request();
  }
  function go(until) {
    session.goal = until;
    bench.send({ kind: "go", until });
    request();
  }
  const watch = () =>
    bench.send({ kind: "watch", digit: model.get("digit"), theta: model.get("held") });

  function hear(news) {
    if (news.id !== id) return; // of the run before
    if (news.probes) {
      session.probes = news.probes.map(({ image, label }) => {
        const picture = { data: image, height: SIDE, width: SIDE, label };
        return { ...picture, canvas: pixels(image, SIDE, SIDE) };
      });
      return;
    }
    session.news = news;
    if (news.path) return glide(news.path);
    if (model.get("held") && !session.grabbed && session.step() > heldAt) model.set("held", null);
    if (!session.running()) {
      if (model.get("held") && !news.theta && !session.following) watch(); // what it was made with
      tell();
    }
    request();
  }
  // Tell the kernel, if there is one.
  function tell() {
    const { history } = session.news;
    const pictures = session.probes.flatMap(({ data }) => Array.from(data));
    model.set("seen", { history, pictures });
    model.save_changes();
  }

  // A hand lets go of a grid: while nothing trains, the grid follows its own pull.
  function release() {
    if (!session.grabbed) return;
    session.grabbed = false;
    letGo();
  }
  function letGo() {
    heldAt = session.step();
    if (session.running() || !model.get("held")) return;
    session.following = true;
    bench.send({ kind: "follow", digit: model.get("digit"), theta: model.get("held") });
    request();
  }
  function glide(path) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let at = still ? path.length - 1 : 0;
    const end = () => {
      session.path = [];
      session.following = false;
      watch();
      request();
    };
    const tick = () => {
      if (session.grabbed || !model.get("held") || at === path.length) return end();
      session.path = path.slice(0, at + 1);
      model.set("held", path[at]);
      request();
      at += 1;
      frame = requestAnimationFrame(tick);
    };
    tick();
  }

  function changed() {
    if (session.step() === 0 && !session.running()) again();
    request();
  }
  function held() {
    heldAt = session.step();
    if (!session.following) watch();
  }
  const rate = () => {
    session.applied[AT_ONCE] = model.get(AT_ONCE);
    bench.send({ kind: "rate", value: model.get(AT_ONCE) });
  };
  const calls = [
    ...RUN.map((key) => [`change:${key}`, changed]),
    [`change:${AT_ONCE}`, rate],
    ["change:held", held],
    ["change:digit", () => model.set("held", null) ?? watch()],
  ];
  for (const [event, call] of calls) model.on(event, call);
  function stop() {
    cancelAnimationFrame(frame);
    for (const [event, call] of calls) model.off(event, call);
    bench.stop();
  }
  restart(session.goal);
  return session;
}
