/* The code behind the page is there for who asks for it: one button shows or hides all of it. */
(() => {
  "use strict";
  const folds = document.querySelectorAll("details.above-input, details.hide.above-input");
  if (!folds.length) return;
  const key = "show-code";
  const root = document.documentElement;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain show-code";
  const show = (shown) => {
    root.classList.toggle("hide-code", !shown);
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? "Hide the code" : "Show the code behind this page";
  };
  let shown = false;
  try {
    shown = localStorage.getItem(key) === "yes";
  } catch {
    /* Some browsers keep nothing for pages on a disk. */
  }
  button.onclick = () => {
    shown = !shown;
    show(shown);
    try {
      localStorage.setItem(key, shown ? "yes" : "no");
    } catch {
      /* As above. */
    }
  };
  show(shown);
  document.querySelector("article h1")?.after(button);
})();
