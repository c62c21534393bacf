/* Two worlds side by side. The page's dataflow is evaluated once for each side; then one assumption at
   a time, or two, moves from side to side, and where that flips a verdict it divides them. */
(() => {
  "use strict";
  const page = window.page;
  const root = document.querySelector(".debate");
  if (!root || !page.read) return;
  const { make, known, values, said } = page;
  const { presets, published, version } = page.data.assumptions;
  const SIDES = ["bulls", "bears"];
  const SHOWN = 3; // pairs that divide
  const MANY = 40; // assumptions that differ, from which on pairs are not tried
  const LARGEST = 100_000; // bytes of a file
  const find = (selector) => root.querySelector(selector);
  const rows = new Map([...root.querySelectorAll("[data-claim]")].map((row) => [row.dataset.claim, row.cells[0]]));
  const claims = [...rows.keys()].sort();
  const sides = new Map(SIDES.map((side) => [side, new Map()]));

  // --- what differs, and what divides -----------------------------------------------------------------
  let flow;
  const evaluate = (world) => {
    for (const [name, value] of world) flow.signal(name, value);
    flow.run();
    return new Map(claims.map((claim) => [claim, flow.signal(`n_${claim.toLowerCase()}`)]));
  };
  const whole = (side) => new Map([...known].map(([name, a]) => [name, sides.get(side).get(name) ?? a.value]));
  const rest = () => new Promise((resume) => setTimeout(resume));
  const combinations = (names, size) =>
    size === 1 ? names.map((n) => [n]) : names.flatMap((n, i) => names.slice(i + 1).map((m) => [n, m]));
  const divide = async ([one, other], [before, after], differing, stop) => {
    const found = new Map();
    let open = claims.filter((claim) => before.get(claim) !== after.get(claim));
    for (const size of [1, 2]) {
      if (!open.length || (size === 2 && differing.length > MANY)) break;
      for (const names of combinations(differing, size)) {
        const moved = (from, to) => evaluate(new Map([...from, ...names.map((n) => [n, to.get(n)])]));
        const [forth, back] = [moved(one, other), moved(other, one)];
        for (const claim of open)
          if (forth.get(claim) === after.get(claim) || back.get(claim) === before.get(claim))
            found.set(claim, [...(found.get(claim) ?? []), names]);
        if (size === 2 && names[1] === differing.at(-1)) await rest(); // a hand may want something else
        if (stop()) return found;
      }
      open = open.filter((claim) => !found.has(claim));
    }
    return found;
  };
  const described = (name) => known.get(name).description;
  const sayDividing = (found, differing) => {
    if (!found) return differing.length > MANY ? "no assumption alone" : "only more than two together";
    const ways = found.map((names) => names.map(described).join(" with "));
    const few = found[0].length === 1 ? ways : ways.slice(0, SHOWN);
    const more = ways.length - few.length;
    return [...few, ...(more ? [`${more} more pairs`] : [])].join("; or ");
  };

  // --- what is shown ------------------------------------------------------------------------------------
  const cell = (textContent) => make("td", { textContent });
  const fill = (kind, entries) => find(`table.${kind} tbody`).replaceChildren(...entries);
  const unit = (name) => `${described(name)}, ${known.get(name).spoken}`.replace(/, $/, "");
  const number = (value) => Number(value.toPrecision(6)).toLocaleString("en", { maximumSignificantDigits: 6 });
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    flow ??= await page.anotherFlow();
    const worlds = SIDES.map(whole);
    const headlines = [...root.querySelectorAll("[data-number]")];
    const [before, after] = worlds.map((world) => {
      const verdicts = evaluate(world);
      verdicts.numbers = headlines.map((row) => said(flow, `debate_${row.dataset.number}`));
      return verdicts;
    });
    const differing = [...known.keys()].filter((name) => worlds[0].get(name) !== worlds[1].get(name));
    const found = await divide(worlds, [before, after], differing, () => mine !== turn);
    if (mine !== turn) return;
    const parted = claims.filter((claim) => before.get(claim) !== after.get(claim));
    const agreed = claims.filter((claim) => !parted.includes(claim));
    const line = (claim, ...cells) => {
      const row = make("tr", {}, rows.get(claim), ...cells.map(cell));
      row.dataset.claim = claim;
      return row;
    };
    fill("parted", parted.map((c) => line(c, before.get(c), after.get(c), sayDividing(found.get(c), differing))));
    fill("agreed", agreed.map((claim) => line(claim, before.get(claim))));
    fill("differing", differing.map((name) => {
      const head = make("th", { scope: "row", textContent: unit(name) });
      return make("tr", {}, head, ...worlds.map((world) => cell(number(world.get(name)))));
    }));
    headlines.forEach((row, i) => {
      const both = [before.numbers[i], after.numbers[i]];
      both.forEach((number, j) => (row.cells[j + 1].textContent = number));
      row.classList.toggle("differs", both[0] !== both[1]);
    });
    find(".outcome").textContent = `They part on ${parted.length} of ${claims.length} claims that can be tested.`;
    find(".agreed summary").textContent = `The other ${agreed.length}: both sides agree`;
    find(".differing summary").textContent = `The ${differing.length} assumptions in which they differ`;
    root.dataset.shown = JSON.stringify(SIDES.map((side) => Object.fromEntries(sides.get(side))));
  };
  const update = () => show().catch((error) => page.tell(`The debate can't be computed: ${error.message}`));

  // --- what can't be used is told, never used --------------------------------------------------------------
  const note = make("div", { className: "link-note", role: "alert", hidden: true });
  const complain = (wrong) => {
    note.hidden = !wrong.length;
    note.replaceChildren(make("p", { textContent: "Not everything could be used as it stands:" }), page.listed(wrong));
  };

  // --- the sides, each with four ways to set it ----------------------------------------------------------------
  const forms = new Map();
  const preset = (values) =>
    presets.findIndex(({ overrides }) => {
      const wanted = new Map(Object.entries(overrides));
      const differs = (name) => (values.get(name) ?? known.get(name).value) !== (wanted.get(name) ?? known.get(name).value);
      return ![...known.keys()].some(differs);
    });
  const put = (side, wanted, title = "") => {
    sides.set(side, new Map([...wanted].filter(([name, value]) => value !== known.get(name)?.value && known.has(name))));
    const chosen = preset(sides.get(side));
    const { select } = forms.get(side);
    const own = title || `Values of your own: ${sides.get(side).size} set`;
    select.value = chosen >= 0 ? String(chosen) : sides.get(side).size ? "own" : "published";
    const { title: named, note: why } = presets[chosen] ?? { title: sides.get(side).size ? own : "As published", note: "" };
    find(`[data-side=${side}]`).textContent = `${named}. ${why}`.trim();
  };
  const fragment = () => {
    const pairs = SIDES.flatMap((side) => [...sides.get(side)].map(([name, value]) => [`${side}.${name}`, String(value)]));
    return "#" + new URLSearchParams([["version", version], ...pairs]);
  };
  const write = () => {
    try {
      history.replaceState(null, "", location.href.split("#")[0] + fragment());
    } catch {
      /* A browser may forbid it for files; the link can still be copied. */
    }
  };
  const use = (side, wanted, wrong, title) => {
    complain(wrong);
    put(side, wanted, title);
    write();
    update();
  };
  const fromLink = (side, text) => {
    const wrong = [];
    const query = text.includes("?") ? text.slice(text.indexOf("?")).split("#")[0] : "";
    const wanted = page.read(query, wrong);
    if (!wanted.size && !wrong.length) wrong.push("the link holds no values; copy one by “Copy link” on a page where you moved a slider");
    if (wanted.size) use(side, wanted, wrong);
    else complain(wrong);
  };
  const fromFile = async (side, file) => {
    if (file.size > LARGEST) return complain([`${file.name} is too large for a scenario file`]);
    const wrong = [];
    const pairs = [];
    let title = "";
    let part = "";
    for (const line of (await file.text()).split(/\r?\n/)) {
      const [, indent, name, text] = /^(\s*)([\w-]+):\s*(.*?)\s*(?:\s#.*)?$/.exec(line) ?? [];
      if (!name) continue;
      if (!indent) part = name;
      if (!indent && name === "title") title = text.replace(/^["']|["']$/g, "");
      if (!indent && ["extends", "rates", "workload", "tables"].includes(name))
        wrong.push(`“${name}” is understood by the command line only`);
      if (indent && part === "assumptions") pairs.push([name, text]);
    }
    for (const [name] of pairs) if (!Object.hasOwn(published, name)) wrong.push(`“${name.slice(0, 40)}” is no assumption of this book`);
    const wanted = page.read("?" + new URLSearchParams(pairs.filter(([name]) => Object.hasOwn(published, name))), wrong);
    if (!wanted.size && !wrong.length) wrong.push(`${file.name} holds no lines “name: value” below “assumptions:”`);
    if (wanted.size) use(side, wanted, wrong, title);
    else complain(wrong);
  };
  const labelled = (text, input) => make("label", {}, text, input);
  const form = (side) => {
    const select = make("select", {},
      make("option", { value: "published", textContent: "As published" }),
      make("option", { value: "own", textContent: "Your own", disabled: true }),
      ...presets.map(({ title }, i) => make("option", { value: String(i), textContent: title })));
    select.onchange = () => use(side, new Map(Object.entries(presets[select.value]?.overrides ?? {})), []);
    const link = make("input", { type: "text", placeholder: "…?version=…", spellcheck: false });
    link.onchange = () => link.value.trim() && fromLink(side, link.value.trim());
    const file = make("input", { type: "file", accept: ".yaml,.yml" });
    file.onchange = () => file.files[0] && fromFile(side, file.files[0]);
    const take = make("button", { type: "button", className: "plain", textContent: "Take this page's sliders" });
    take.onclick = () => use(side, values, []);
    forms.set(side, { select });
    const legend = make("legend", { textContent: side === "bulls" ? "Bulls" : "Bears" });
    return make("fieldset", {}, legend, labelled("A ready set", select), labelled("A link from any page", link), labelled("A scenario file", file), take);
  };

  // --- set it going ----------------------------------------------------------------------------------------------
  const copy = make("button", { type: "button", className: "plain", textContent: "Copy the link to this debate" });
  copy.onclick = () => page.link(fragment());
  root.prepend(note, make("div", { className: "enter" }, ...SIDES.map(form)), make("p", {}, copy));
  const read = () => {
    const asked = [...new URLSearchParams(location.hash.slice(1))];
    if (!asked.some(([name]) => name === "version" || /^(bulls|bears)\./.test(name))) return false;
    const wrong = [];
    for (const side of SIDES) {
      const own = asked.filter(([name]) => name.startsWith(`${side}.`)).map(([name, text]) => [name.slice(side.length + 1), text]);
      const stamp = side === SIDES[0] ? asked.filter(([name]) => name === "version") : [];
      put(side, page.read("?" + new URLSearchParams([...stamp, ...own]), wrong));
    }
    complain(wrong);
    update();
    return true;
  };
  addEventListener("hashchange", read);
  if (!read()) for (const side of SIDES) put(side, Object.entries(presets.find(({ title }) => title === root.dataset[side]).overrides));
})();
