/* What a reader chose to see, kept from page to page and set before anything is drawn: light or dark
   colours, and the code behind the page. And menus that get out of the way. */
(() => {
  "use strict";
  const root = document.documentElement;
  const keep = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {
      return null; // some browsers keep nothing for pages on a disk
    }
  };
  const choice = (key, texts, act) => {
    const names = Object.keys(texts);
    let chosen = names.includes(keep(key)) ? keep(key) : names[0];
    act(chosen);
    addEventListener("DOMContentLoaded", () => {
      const button = document.querySelector(`button[data-choice="${key}"]`);
      if (!button) return;
      const say = () => (button.textContent = texts[chosen]);
      button.onclick = () => {
        chosen = names[(names.indexOf(chosen) + 1) % names.length];
        keep(key, chosen);
        act(chosen);
        say();
      };
      say();
    });
  };
  choice("colours", { auto: "Colours: auto", light: "Colours: light", dark: "Colours: dark" }, (chosen) => {
    if (chosen === "auto") delete root.dataset.theme;
    else root.dataset.theme = chosen;
  });
  choice("code", { hidden: "Show code", shown: "Hide code" }, (chosen) =>
    root.classList.toggle("hide-code", chosen === "hidden"),
  );
  addEventListener("DOMContentLoaded", () => {
    for (const menu of document.querySelectorAll("[popover]")) {
      const close = () => menu.matches(":popover-open") && menu.hidePopover();
      menu.addEventListener("click", (event) => event.target.closest("a") && close());
      menu.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
      });
      matchMedia("(min-width: 72rem)").addEventListener("change", close);
    }
  });
})();
