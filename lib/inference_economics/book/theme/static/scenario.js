/* The reader's own assumptions: they stand in the address, follow to other pages of the book, can be
   undone, copied as a link and saved as a scenario file. live.js checks and applies each value. */
(() => {
  "use strict";
  const page = window.page;
  const { make, tell } = page;

  // --- values go along with whoever follows a link or searches ----------------------------------------
  let carry = () => {
    const pairs = [...new URLSearchParams(location.search)];
    const kept = pairs.filter(([name, text]) => name === "version" || (name !== "q" && Number.isFinite(parseFloat(text))));
    return kept.length > 1 ? "?" + new URLSearchParams(kept) : "";
  };
  const inBook = (link) =>
    link.origin === location.origin && link.protocol === location.protocol && /\.html$/.test(link.pathname);
  for (const event of ["pointerdown", "focusin", "click"]) {
    addEventListener(event, ({ target }) => {
      const link = target.closest?.("a[href]");
      if (link && inBook(link) && link.pathname !== location.pathname) link.search = carry();
    }, { capture: true });
  }
  addEventListener("submit", ({ target }) => {
    if (!target.matches("[role=search]")) return;
    for (const old of target.querySelectorAll("input[type=hidden]")) old.remove();
    for (const [name, value] of new URLSearchParams(carry())) target.append(make("input", { type: "hidden", name, value }));
  });
  if (!page.data?.assumptions) {
    const count = new URLSearchParams(carry()).size - 1;
    if (count > 0) tell(`Your values go along (${count}). This page shows what was published.`);
    return;
  }
  const { known, values, change, problem, isChanged } = page;
  const { version, published, presets, title } = page.data.assumptions;
  const MOST = 5; // complaints that are shown one by one
  const carried = new Map(); // assumptions of other pages, kept for them
  const clear = (text) => text.replace(/[^\x20-\x7e]/g, "").slice(0, 40);

  // --- the address ------------------------------------------------------------------------------
  const state = () => [
    ...[...values].filter(([name]) => isChanged(name)),
    ...[...carried].filter(([name, value]) => value !== published[name].value),
  ];
  const query = () => {
    const pairs = state();
    if (!pairs.length) return "";
    return "?" + new URLSearchParams([["version", version], ...pairs.map(([n, v]) => [n, String(v)])]);
  };
  const address = (anchor = "") => location.href.split(/[?#]/)[0] + query() + anchor;
  const write = () => {
    try {
      history.replaceState(null, "", address(location.hash));
    } catch {
      /* A browser may forbid it for files; the links still carry the values. */
    }
  };
  carry = query;

  // --- what a link asks for: refused value by value, never executed ---------------------------------
  const wrong = [];
  const read = (search, wrong) => {
    const wanted = new Map();
    for (const [name, text] of new URLSearchParams(search)) {
      if (name === "version") {
        if (text !== version) wrong.push(`the link is of version ${clear(text)}, this is ${version}: figures may differ`);
      } else if (!Object.hasOwn(published, name)) {
        if (!Number.isFinite(parseFloat(text))) continue; // others add words of their own to an address
        wrong.push(`“${clear(name)}” is no assumption of this book`);
      } else {
        const value = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
        const reason = problem(published[name], value);
        if (reason) wrong.push(`${name} is “${clear(text)}”: ${reason}`);
        else wanted.set(name, value);
      }
    }
    return wanted;
  };
  const note = make("div", { className: "link-note", role: "alert", hidden: true });
  const listed = (wrong) => {
    const more = wrong.length > MOST ? [`and ${wrong.length - MOST} more`] : [];
    return make("ul", {}, ...[...wrong.slice(0, MOST), ...more].map((text) => make("li", { textContent: text })));
  };
  const complain = () => {
    if (!wrong.length) return;
    const close = make("button", { type: "button", className: "plain", textContent: "Close" });
    close.onclick = () => {
      note.hidden = true;
      document.querySelector("main").focus();
    };
    note.replaceChildren(
      make("p", { textContent: "Not everything in this link could be used as it stands:" }),
      listed(wrong),
      close,
    );
    note.hidden = false;
  };

  // --- undo ---------------------------------------------------------------------------------------
  const past = [];
  let last = { name: "", time: 0 };
  const remember = (name) => {
    const now = performance.now();
    if (name && name === last.name && now - last.time < 1000) last.time = now; // one drag, one step
    else past.push(new Map([...values].concat([...carried])));
    last = { name, time: now };
  };
  const put = (wanted) => {
    carried.clear();
    for (const [name, value] of wanted) if (!known.has(name)) carried.set(name, value);
    for (const [name, a] of known) {
      const value = wanted.get(name) ?? a.value;
      if (values.get(name) !== value) change(name, value, "quiet");
    }
    show();
  };
  const undo = () => {
    if (!past.length) return;
    put(past.pop());
    last = { name: "", time: 0 };
    show();
  };

  // --- the bar --------------------------------------------------------------------------------------
  const bar = make("div", { className: "your-assumptions", role: "region" });
  bar.setAttribute("aria-label", "Your assumptions");
  const count = make("span", { className: "count" });
  const button = (textContent, onclick) =>
    make("button", { type: "button", className: "plain", textContent, onclick });
  const undoing = button("Undo", undo);
  const resetting = button("Reset", () => {
    remember("");
    put(new Map());
  });
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      const said = make("span", { textContent: "Link copied." });
      tell(said);
      setTimeout(() => said.remove(), 4000);
    } catch {
      const field = make("input", { readOnly: true, value: text, size: 30 });
      field.setAttribute("aria-label", "The link, to be copied");
      tell(field);
      field.select();
    }
  };
  const file = () => {
    const rows = state().map(([name, value]) => {
      const a = known.get(name);
      return `  ${name}: ${value}` + (a ? `  # ${a.unit}: ${a.description}` : "");
    });
    return [`title: ${title}, my assumptions`, `note: saved from version ${version}`, "assumptions:", ...rows, ""].join("\n");
  };
  const save = () => page.offer(new Blob([file()], { type: "text/yaml" }), "my-scenario.yaml");
  bar.append(count, undoing, resetting, button("Copy link", () => copy(address())), button("Save", save));
  const show = () => {
    const pairs = state();
    if (!pairs.length && bar.contains(document.activeElement)) document.querySelector("main").focus();
    bar.hidden = !pairs.length && !past.length;
    const here = pairs.filter(([name]) => known.has(name)).length;
    count.textContent = `${pairs.length} changed` + (here < pairs.length ? `, ${here} here` : "");
    undoing.disabled = !past.length;
    tell();
    const chosen = presets.findIndex((p) => same(p.overrides, pairs));
    for (const select of document.querySelectorAll("select.presets")) {
      select.value = pairs.length ? String(chosen) : "published";
      select.nextElementSibling.textContent = presets[chosen]?.note ?? "";
    }
    clearTimeout(show.later);
    show.later = setTimeout(write, 150);
  };
  const same = (overrides, pairs) =>
    pairs.every(([n, v]) => overrides[n] === v) &&
    Object.entries(overrides).every(([n, v]) => (values.get(n) ?? carried.get(n) ?? published[n].value) === v);

  // --- presets --------------------------------------------------------------------------------------
  for (const panel of document.querySelectorAll("details.assumptions")) {
    const select = make("select", { className: "presets" });
    select.setAttribute("aria-label", "A ready set of assumptions");
    select.append(
      make("option", { value: "published", textContent: "As published" }),
      make("option", { value: "-1", textContent: "Your own", disabled: true }),
      ...presets.map((p, i) => make("option", { value: String(i), textContent: p.title, title: p.note })),
    );
    select.onchange = () => {
      remember("");
      const preset = presets[Number(select.value)];
      put(new Map(preset ? Object.entries(preset.overrides) : []));
    };
    const told = make("p", { className: "told", role: "status" });
    panel.querySelector("summary").after(select, told);
  }

  // --- set it going -----------------------------------------------------------------------------------
  (document.querySelector("article") ?? document.body).prepend(note);
  document.body.append(bar);
  page.onchange = (name, how) => {
    if (how !== "quiet") remember(name);
  };
  page.onchanged = show;
  for (const event of ["popstate", "hashchange"]) addEventListener(event, write);
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  }).observe(bar);
  page.link = (anchor) => copy(address(anchor));
  Object.assign(page, { read, listed });
  const wanted = read(location.search, wrong);
  if (wanted.size) put(wanted);
  else show();
  complain();
})();
