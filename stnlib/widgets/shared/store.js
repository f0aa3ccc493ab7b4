// The state of a live figure: changes go through here, so that they can be undone, and so that the
// model is saved once a frame at most. `settings` are the names of the traits that undo restores.
export function makeStore(model, settings, request) {
  const read = () => Object.fromEntries(settings.map((key) => [key, model.get(key)]));
  const initial = read();
  const history = [];
  let [before, nudged, dirty] = [null, { name: "", time: 0 }, false];

  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    dirty = true;
    request();
  };
  // What happens between begin and end is one step for undo.
  const begin = () => {
    before ??= read();
  };
  const end = () => {
    if (before && JSON.stringify(before) !== JSON.stringify(read())) history.push(before);
    before = null;
    request();
  };
  const once = (values) => {
    begin();
    change(values);
    end();
  };
  // Key presses on one handle in quick succession are one step too.
  const nudge = (name, values) => {
    const soon = name === nudged.name && performance.now() - nudged.time < 800;
    nudged = { name, time: performance.now() };
    if (soon) change(values);
    else once(values);
  };
  const undo = () => {
    if (history.length) change(history.pop());
  };
  const reset = () => once(initial);
  const save = () => {
    if (dirty) {
      dirty = false;
      model.save_changes();
    }
  };
  return { change, begin, end, once, nudge, undo, reset, save, undoable: () => history.length > 0 };
}
