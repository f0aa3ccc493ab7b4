/* Three small things that the theme leaves out. */
(() => {
  "use strict";

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

  // On paper nothing can be unfolded, and dark is a waste of ink: open what is folded and switch
  // to light, and put both back afterwards.
  const root = document.documentElement;
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
