/* Self-checks: what a reader answers is compared with what the page computes from the present
   assumptions, right or typically wrong. Nothing leaves the page, and no formula is here. */
(() => {
  "use strict";
  const slips = [...document.querySelectorAll(".slip")].map(({ dataset }) => [Number(dataset.factor), dataset.said]);
  // 1,234.5 and 0,5 and 1.2e3 %; NaN for what is no number.
  const parse = (text) => {
    let plain = text.trim().replace(/[\s\u00a0\u202f%]/g, "").replace("−", "-");
    if (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replaceAll(",", "");
    else if (/^-?\d*,\d+$/.test(plain)) plain = plain.replace(",", ".");
    return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  };
  for (const form of document.querySelectorAll("form.check")) {
    const told = form.querySelector(".told");
    const right = form.querySelector(".right data");
    const close = (answer, value) => Math.abs(answer - value) <= form.dataset.tolerance * Math.abs(value);
    const judge = (answer) => {
      const value = Number(right.value);
      if (close(answer, value)) return "";
      for (const mistake of form.querySelectorAll(".mistake")) {
        if (close(answer, Number(mistake.firstChild.value))) return mistake.dataset.said;
      }
      for (const [factor, said] of slips) {
        if (close(answer, value * factor) || close(answer, value / factor)) return said;
      }
      return close(answer, -value) ? "The sign is wrong." : answer > value ? "Too high." : "Too low.";
    };
    const said = () => {
      const field = form.querySelector("input[type=text]");
      if (!field) {
        const chosen = form.querySelector("input:checked");
        if (!chosen) return ["Choose an answer first.", ""];
        return [chosen.dataset.said, chosen.value === right.value ? "right" : "wrong"];
      }
      const answer = parse(field.value);
      if (Number.isNaN(answer)) return ["Write a number, such as 1234.5 or 1.2e3.", ""];
      const why = judge(answer);
      return [why, why ? "wrong" : "right"];
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const [text, outcome] = said();
      told.textContent = { right: "✓ Right. ", wrong: "✗ Not yet. " }[outcome] ?? "";
      told.textContent += text;
      form.dataset.outcome = outcome;
    });
    new MutationObserver(() => {
      if (!told.textContent) return;
      told.textContent = "The page's values have changed: check again.";
      form.dataset.outcome = "";
    }).observe(right, { attributes: true, attributeFilter: ["value"] });
  }
})();
