/* Five small things that the theme leaves out. */
(() => {
  "use strict";
  const root = document.documentElement;

  // The theme turns "auto" into light or dark when it has read all of the page, which is then styled
  // a second time: choose while there is nothing to style yet.
  if (root.dataset.theme === "auto") {
    root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  // Opened as a file, a page may not fetch the other pages: search without their excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // Answers to a guess are open without a script; with one they are behind a click.
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("details.answer").forEach((details) => {
      details.open = false;
      details.classList.add("closable");
    });
  });

  // A formula that is wider than its place scrolls by keys, too.
  addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    const wide = [...document.querySelectorAll('mjx-container[display="true"]')]
      .filter((formula) => formula.scrollWidth > formula.clientWidth);
    wide.forEach((formula) => { formula.tabIndex = 0; });
  });

  // On paper nothing can be unfolded, and dark is a waste of ink: open what is folded and switch
  // to light, and put both back afterwards.
  let opened = [];
  let theme = "";
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    opened = [];
    root.dataset.theme = theme;
  });
})();
