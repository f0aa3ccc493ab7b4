// Brings the live figures of a static page to life, without a kernel and over file:// too. Figures
// of stnlib come from their scripts, which the page has loaded before this one; their settings stand in
// the page. Other anywidgets bring their script in the widget state that the notebook stored. A
// classic script: browsers refuse modules from file://.
(() => {
  const MIME = "application/vnd.jupyter.widget-";
  const page = /** @type {any} */ (globalThis);
  const STORED = "application/vnd.stnlib.figure+json";
  const STYLE = `
    .live-figure-still { display: none; }
    @media print {
      .live-figure-on .live-figure-still { display: block; }
      .live-figure-mount { display: none; }
    }`;

  function readStates() {
    const states = {};
    for (const script of document.querySelectorAll(`script[type="${MIME}state+json"]`)) {
      Object.assign(states, JSON.parse(script.textContent).state);
    }
    for (const { state } of Object.values(states)) {
      for (const name of ["_esm", "_css"]) // a text that stands in another widget's state
        if (state[name]?.same_as) state[name] = states[state[name].same_as].state[name];
    }
    return states;
  }

  // Put the binary parts of a state where they belong.
  function restore({ state, buffers = [] }) {
    for (const { data, path } of buffers) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const parent = path.slice(0, -1).reduce((value, key) => value[key], state);
      parent[path[path.length - 1]] = new DataView(bytes.buffer);
    }
    return state;
  }

  function makeModel(state) {
    const listeners = new Map();
    const at = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
    const model = {
      get: (key) => state[key],
      set(key, value) {
        if (typeof key === "object")
          return Object.entries(key).forEach((pair) => model.set(...pair));
        if (state[key] === value) return;
        state[key] = value;
        for (const event of [`change:${key}`, "change"]) {
          for (const call of [...at(event)]) call(model, value);
        }
      },
      on(events, call) {
        events.split(" ").forEach((event) => at(event).add(call));
      },
      off(events, call) {
        if (!events) listeners.clear();
        else
          events.split(" ").forEach((event) => (call ? at(event).delete(call) : at(event).clear()));
      },
      save_changes() {}, // there is no kernel to tell
      send() {},
    };
    return model;
  }

  const modules = new Map();
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(
        source,
        import(url).finally(() => URL.revokeObjectURL(url)),
      );
    }
    return modules.get(source);
  }

  const styles = new Set();
  function addStyle(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  // The widget of a model, initialized once whatever the number of its views.
  const prepared = new Map();
  async function prepare(model, name) {
    const module = name ? { default: page.stnlibFigures[name] } : await load(model.get("_esm"));
    const found = module.default ?? module; // without a default export: one that is called render
    const widget = typeof found === "function" ? await found() : found;
    if (!name) addStyle(model.get("_css"));
    await widget.initialize?.({ model });
    return widget;
  }

  // The place that the address or a link names stays where it is until the reader moves on: figures
  // and formulas grow, and not every browser (WebKit) holds the page meanwhile.
  let moved = false; // by the reader
  let landed = -1; // where the page was scrolled to
  for (const event of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(event, () => (moved = true), { passive: true });
  }
  function land() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (moved || !target) return;
    target.scrollIntoView({ behavior: "instant" });
    landed = scrollY;
  }
  addEventListener("hashchange", () => {
    moved = false;
    land();
  });

  async function mount(figure, { model, name }) {
    const el = document.createElement("div");
    el.className = "live-figure-mount";
    el.dataset.liveFigure = name ?? model.get("_anywidget_id").split(".").pop();
    try {
      if (!prepared.has(model)) prepared.set(model, prepare(model, name));
      const widget = await prepared.get(model);
      figure.append(el);
      await widget.render?.({ model, el });
      figure.classList.add("live-figure-on");
      if (scrollY === landed) land();
      el.dataset.liveState = "mounted";
      return el;
    } catch (error) {
      el.remove();
      console.error("This figure stays a still picture:", error);
    }
  }

  addStyle(STYLE.replace(".live-figure-still", ".live-figure-on .live-figure-still"));
  const models = new Map();
  const jobs = new Map();
  for (const script of document.querySelectorAll(`script[type="${STORED}"]`)) {
    const { figure: name, model: id, ...stored } = JSON.parse(script.textContent);
    if (stored.state) models.set(id, makeModel(restore(stored))); // a second view shares the first's
    jobs.set(script.parentElement, { model: models.get(id), name });
  }
  const states = readStates();
  for (const script of document.querySelectorAll(`script[type="${MIME}view+json"]`)) {
    const id = JSON.parse(script.textContent).model_id;
    const { _esm: source, _figure: figure } = states[id]?.state ?? {};
    const name = page.stnlibFigures || !source ? figure : undefined; // pages of nbconvert have none
    if (!source && !name) continue;
    if (!models.has(id)) models.set(id, makeModel(restore(states[id])));
    script.setAttribute("type", "application/json"); // the scripts for other widgets leave it alone
    jobs.set(script.closest(".live-figure") ?? script.parentElement, {
      model: models.get(id),
      name,
    });
  }
  const views = new Map(); // figure: the promise of its view
  function view(figure) {
    if (!views.has(figure)) views.set(figure, mount(figure, jobs.get(figure)));
    return views.get(figure);
  }

  // A link may choose one of a figure's presets: <a href="#its-id" data-preset="the word of it">.
  // The figure does what it does when the word is pressed; focus goes to it, under the link's words.
  addEventListener("click", async (event) => {
    const link = /** @type {Element} */ (event.target).closest("a[data-preset]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const figure = document.getElementById(link.hash.slice(1));
    if (!jobs.has(figure)) return;
    event.preventDefault();
    location.hash = link.hash;
    moved = false;
    const el = await view(figure);
    if (!el) return; // it stays a still picture
    const words = [...el.querySelectorAll('[data-choice="preset"] label')];
    words
      .find((word) => word.textContent === link.dataset.preset)
      ?.querySelector("input")
      .click();
    const named = { tabindex: "-1", role: "group", "aria-label": link.textContent };
    for (const [name, value] of Object.entries(named)) el.setAttribute(name, value);
    el.focus({ preventScroll: true });
    land();
  });
  let mounted;
  const first = new Promise((resolve) => {
    mounted = resolve;
  }); // all figures near the screen
  const observer = new IntersectionObserver(
    (entries) => {
      const near = entries
        .filter((entry) => entry.isIntersecting)
        .map(({ target }) => {
          observer.unobserve(target);
          return view(target);
        });
      mounted(Promise.all(near));
    },
    { rootMargin: "600px" },
  );
  for (const figure of jobs.keys()) observer.observe(figure);
  if (models.size && page.MathJax && !page.MathJax.startup) {
    // settings: it has not started
    const pageReady = () =>
      first
        .then(setFormulas)
        .then(() => page.MathJax.startup.defaultPageReady())
        .then(land);
    page.MathJax.startup = { pageReady }; // formulas are set when those figures are live
  }

  // Set formulas a few at a time, so that the page answers in between.
  async function setFormulas() {
    const formulas = [...document.querySelectorAll(".math")];
    let count = 1; // the first takes longest
    while (formulas.length) {
      await new Promise((resolve) => setTimeout(resolve));
      const start = performance.now();
      await page.MathJax.typesetPromise(formulas.splice(0, count));
      land();
      count = performance.now() - start < 20 ? 2 * count : Math.max(1, count >> 1);
    }
  }
})();
