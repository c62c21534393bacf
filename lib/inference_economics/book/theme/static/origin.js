/* How a number came about: the formulas that it went through and the assumptions that it rests on,
   each with its value and its source. Every number opens by a click, or from the list at the end. */
(() => {
  "use strict";
  const page = window.page;
  if (!page.charts) return;
  const { known, values, make } = page;
  const origins = new Map(Object.entries(page.data.origins));
  const link = (file, anchor, text) => {
    const node = make("a", { href: `${file}.html#${anchor}`, textContent: text });
    node.search = location.search;
    return node;
  };
  const words = (name) => name.replaceAll("_", " ");
  const dialog = make("dialog", { className: "origin" });
  dialog.setAttribute("aria-labelledby", "origin-title");
  document.body.append(dialog);
  const inside = make("div"); // what is clicked beside it closes the dialog
  dialog.append(inside);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  const show = (...content) => {
    inside.replaceChildren(...content);
    dialog.close(); // opened anew it takes the focus
    dialog.showModal();
  };
  const assumption = (name) => {
    const a = known.get(name);
    const value = `${values.get(name)} ${a.spoken}`;
    const was = page.isChanged(name) ? `, was ${a.value}` : "";
    return make(
      "li",
      {},
      link("a3_assumptions", name, a.description),
      `: ${value}${was}`,
      make("small", { textContent: `${a.source} (${a.confidence})` }),
    );
  };
  const heading = (text) => {
    const close = make("button", { type: "button", className: "plain", textContent: "Close" });
    close.onclick = () => dialog.close();
    return make("div", { className: "heading" }, make("h2", { id: "origin-title", textContent: text }), close);
  };
  const open = (name, text, ...back) => {
    const [formulas, leaves] = origins.get(name).map((part) => part.split(" ").filter(Boolean));
    const said = formulas.length
      ? "Computed by these formulas, the last one first; each is explained with its equation and code:"
      : "Stated as it is assumed.";
    show(
      heading(text),
      make("p", { textContent: said }),
      make("ol", {}, ...formulas.map((f) => make("li", {}, link("a4_formulas", f, words(f))))),
      make("p", { textContent: "It rests on these assumptions:" }),
      make("ul", {}, ...leaves.filter((n) => known.has(n)).map(assumption)),
      ...back,
    );
  };
  const sentence = (span) => {
    const passage = span.closest("td, li, p, dd") ?? span;
    const before = document.createRange();
    before.setStart(passage, 0);
    before.setEndBefore(span);
    const plain = (text) => text.replace(/\s+/g, " ");
    const start = plain(before.toString()).slice(-60);
    const rest = plain(passage.textContent).slice(plain(before.toString()).length);
    return `… ${start}${rest.slice(0, 60)} …`;
  };
  const title = (span) => `How is this computed: ${span.textContent}`;
  const spans = [...document.querySelectorAll("data.live")].filter((s) => origins.has(s.dataset.number));
  for (const span of spans) {
    span.classList.add("asked");
    span.title = "How is this computed?";
    span.addEventListener("click", () => open(span.dataset.number, title(span)));
  }
  if (!spans.length) return;
  const list = make("button", {
    type: "button",
    className: "plain",
    textContent: `How each of the ${spans.length} numbers of this page is computed`,
  });
  const showAll = (focused = -1) => {
    const entries = spans.map((span, i) => {
      const entry = make("button", { type: "button", className: "plain", textContent: span.textContent });
      const back = make("button", { type: "button", className: "plain", textContent: "Back to the list" });
      back.onclick = () => showAll(i);
      entry.onclick = () => open(span.dataset.number, title(span), back);
      return make("li", {}, entry, " ", sentence(span));
    });
    show(heading("The numbers of this page"), make("ul", {}, ...entries));
    entries[focused]?.firstChild.focus();
  };
  list.onclick = () => showAll();
  (document.querySelector("article") ?? document.body).append(make("p", { className: "origins" }, list));
})();
