/* Sphinx's search: its outcome is to be heard, a term of the glossary is named, and chapters come before
   what is about the book. On a disk no excerpt can be fetched. */
(() => {
  "use strict";
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  Scorer.score = ([page, , , , score]) => (page.startsWith("chapters/") ? score : score - 100);
  addEventListener("DOMContentLoaded", () => {
    const progress = document.getElementById("search-progress");
    const results = document.getElementById("search-results");
    new MutationObserver(() => {
      for (const link of results.querySelectorAll('a[href*="#term-"]:not([data-term])')) {
        link.dataset.term = decodeURIComponent(link.hash.slice("#term-".length)).replaceAll("-", " ");
        link.textContent += `: ${link.dataset.term}`;
      }
      const summary = results.querySelector(".search-summary")?.textContent;
      if (summary && progress.textContent !== summary) progress.textContent = summary;
    }).observe(results, { childList: true, subtree: true, characterData: true });
  });
})();
