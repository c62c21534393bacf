/* Sphinx's search, where its results are to be heard, and on a disk, where no excerpt can be fetched. */
(() => {
  "use strict";
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  addEventListener("DOMContentLoaded", () => {
    const progress = document.getElementById("search-progress");
    const results = document.getElementById("search-results");
    new MutationObserver(() => {
      const summary = results.querySelector(".search-summary");
      const found = results.querySelectorAll("ul.search > li").length;
      if (summary && found && !progress.textContent) progress.textContent = `${found} pages found so far.`;
    }).observe(results, { childList: true, subtree: true, characterData: true });
  });
})();
