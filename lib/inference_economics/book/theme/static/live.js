/* The page's dataflow. The notebook left its assumptions, its numbers and its charts, each with the
   expressions that its Python formulas were traced to. A changed assumption goes through one Vega
   dataflow, which all numbers and charts of the page share. No formula is written here. */
(() => {
  "use strict";
  const here = document.currentScript.src;
  const data = window.pageData;
  const make = (tag, attributes = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };
  const status = make("p", { className: "heard", role: "status" }); // to be heard
  const toast = make("div", { className: "toast", role: "status" }); // to be seen as well
  document.body.append(status, toast);
  const page = { data, make, tell: (...what) => toast.replaceChildren(...what) };
  window.page = page; // for the scripts beside this one
  if (!data) {
    const needed = document.querySelector("figure.chart, [data-assumption]");
    if (needed) page.tell("This page's data could not be loaded: it shows what was published.");
    return;
  }
  const known = new Map((data.assumptions?.assumptions ?? []).map((a) => [a.name, a]));
  const values = new Map([...known].map(([name, a]) => [name, a.value]));
  const bound = new Map([...known.keys()].map((name) => [name, []])); // its inputs on the page

  // Vega is 150 kB (compressed) that a page needs only once something is drawn anew.
  let loading;
  const loadVega = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = make("script", { src: new URL("vega.js", here).href });
      script.onload = () => resolve(window.vega);
      script.onerror = () => {
        loading = undefined; // the next change tries again
        reject(new Error("vega.js could not be loaded"));
      };
      document.head.append(script);
    }));
  // Vega's own interpreter evaluates the expressions: no eval, so a strict policy can stand.
  const view = (vega, spec, options) =>
    new vega.View(vega.parse(spec, null, { ast: true }), {
      expr: vega.expressionInterpreter,
      ...options,
    });

  // --- what is computed once for the whole page -------------------------------------------------
  const shared = new Set([...known.keys(), ...Object.keys(data.signals)]);
  let flow;
  const newFlow = (vega) => {
    const signals = [...values].map(([name, value]) => ({ name, value }));
    for (const [name, update] of Object.entries(data.signals)) signals.push({ name, update });
    for (const [name, format] of Object.entries(data.numbers)) {
      const update = format ? `format(n_${name}, '${format}')` : `n_${name}`;
      signals.push({ name: `t_${name}`, update });
    }
    return view(vega, { signals }, { renderer: "none" });
  };
  const compute = (vega) => {
    flow ??= newFlow(vega);
    for (const [name, value] of values) flow.signal(name, value);
    flow.run();
  };

  // --- the numbers in the prose -----------------------------------------------------------------
  const spans = [...document.querySelectorAll("data.live")];
  const shown = new Map(spans.map((span) => [span, span.textContent])); // quicker than the document
  for (const [span, text] of shown) span.dataset.baseline = text;
  const said = (flow, name) =>
    String(flow.signal(`t_${name}`)).replace("-", "−").replace("Infinity", "∞").replace("NaN", "undefined");
  const writeNumbers = () => {
    for (const span of spans) {
      const text = said(flow, span.dataset.number);
      if (text === shown.get(span)) continue;
      shown.set(span, text);
      span.textContent = text;
      span.value = flow.signal(`n_${span.dataset.number}`);
      span.classList.toggle("changed", text !== span.dataset.baseline);
    }
  };

  // --- the charts -------------------------------------------------------------------------------
  const charts = [...document.querySelectorAll("figure.chart")].map((node) => {
    const plot = node.querySelector(".plot");
    return { node, plot, said: plot.getAttribute("aria-label") };
  });
  const wake = async (chart, vega) => {
    const { plot } = chart;
    const spec = data.charts[chart.node.id];
    chart.names = spec.signals.map((s) => s.name).filter((name) => shared.has(name));
    for (const signal of spec.signals) if (shared.has(signal.name)) signal.value = flow.signal(signal.name);
    const container = make("div", { ariaHidden: "true" }); // the plot around it is described
    const { left, right } = spec.padding;
    const width = () => Math.max(plot.clientWidth - left - right, 100);
    chart.view = view(vega, spec, { renderer: "svg", hover: true, tooltip: page.showTip }).width(width());
    await chart.view.initialize(container).runAsync();
    plot.replaceChildren(container);
    page.onawake(chart);
    new ResizeObserver(() => {
      if (plot.clientWidth && width() !== chart.view.width()) chart.view.width(width()).runAsync();
    }).observe(plot);
    chart.node.dataset.awake = "";
  };
  const drawNow = async (chart) => {
    const vega = await loadVega();
    if (!flow) compute(vega);
    if (chart.view) {
      for (const name of chart.names) chart.view.signal(name, flow.signal(name));
      await chart.view.runAsync();
    } else await wake(chart, vega);
    chart.stale = false;
    const changed = chart.names.some((name) => known.has(name) && isChanged(name));
    const now = "Drawn with your values, which the table below has. As published: ";
    chart.plot.setAttribute("aria-label", (changed ? now : "") + chart.said);
    return chart.view;
  };
  // One at a time for each chart: it may be scrolled to just when a value changes.
  const draw = (chart) => {
    const before = chart.drawing ?? Promise.resolve();
    return (chart.drawing = before.catch(() => {}).then(() => drawNow(chart)));
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const chart = charts.find((c) => c.node === target);
        chart.near = isIntersecting;
        if (!isIntersecting || (chart.view && !chart.stale)) continue;
        draw(chart).catch((error) => page.tell(`A chart can't be drawn anew: ${error.message}`));
      }
    },
    { rootMargin: "25%" },
  );
  // The drawings made at build time will do until a reader does something.
  const begin = () => charts.forEach(({ node }) => seen.observe(node));
  for (const event of ["scroll", "pointermove", "keydown"]) addEventListener(event, begin, { once: true });

  const written = (value) => {
    const digits = value > 1900 && value < 2100 ? 6 : 4; // a calendar year keeps its fraction
    return typeof value === "number" ? String(Number(value.toPrecision(digits))) : value;
  };
  const rows = (chart) => {
    const cells = [...chart.node.querySelectorAll(".values tr")];
    return cells.map((row) => [...row.children].map((cell) => cell.textContent));
  };
  const writeTable = (chart) => {
    const table = chart.node.querySelector(".values tbody");
    if (!table || !chart.view.getState({ data: (n) => n === "table" }).data.table) return;
    const fields = JSON.parse(chart.node.querySelector(".values").dataset.fields);
    chart.view.data("table").forEach((datum, i) =>
      fields.forEach((field, j) => {
        table.rows[i].cells[j].textContent = written(datum[field]);
      }),
    );
  };
  const offer = (blob, name) => {
    const url = URL.createObjectURL(blob);
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  // --- the assumptions --------------------------------------------------------------------------
  const isChanged = (name) => values.get(name) !== known.get(name).value;
  const problem = (a, value) => {
    if (!Number.isFinite(value)) return "a number is needed";
    if (a.low >= 0 && value < 0) return "must not be below 0";
    if (a.low > 0 && value === 0) return "must be above 0";
    if (a.unit === "share" && value > 1) return "a share is at most 1";
    if (value > a.most) return `must be at most ${a.most}`;
    if (value < a.least) return `must be at least ${a.least}`;
    return "";
  };
  const isLog = (a) => a.low > 0 && a.high / a.low >= 30;
  const STEPS = 200;
  const position = (a, v) =>
    STEPS * (isLog(a) ? Math.log(v / a.low) / Math.log(a.high / a.low) : (v - a.low) / (a.high - a.low));
  const atPosition = (a, p) => {
    if (p === Math.round(position(a, a.value))) return a.value; // what was published can be met again
    const f = p / STEPS;
    const v = isLog(a) ? a.low * (a.high / a.low) ** f : a.low + f * (a.high - a.low);
    return Math.min(Math.max(a.whole ? Math.round(v) : Number(v.toPrecision(3)), a.low), a.high);
  };
  // What can be seen follows within a frame; the rest of the page once the hand rests.
  let turn = 0;
  const settle = async () => {
    const mine = turn;
    for (const chart of charts) {
      if (!chart.view || chart.stale) await draw(chart);
      writeTable(chart);
      await new Promise((resume) => setTimeout(resume)); // a hand may move again
      if (mine !== turn) return;
    }
    const what = [...known.keys()].filter(isChanged).map((n) => known.get(n).description);
    const tail = what.length ? `Changed: ${what.join("; ")}.` : "All as published.";
    const count = document.querySelectorAll("data.live.changed").length;
    status.textContent = `Recomputed; ${count} numbers in the text differ. ${tail}`;
    document.documentElement.dataset.computed = JSON.stringify(Object.fromEntries(values));
  };
  const REST = 150; // milliseconds
  let resting;
  page.update = async () => {
    try {
      compute(await loadVega());
      writeNumbers();
      turn += 1;
      for (const chart of charts) chart.stale = Boolean(chart.view);
      await Promise.all(charts.filter((c) => c.view && c.near).map(draw));
      clearTimeout(resting);
      resting = setTimeout(settle, REST);
    } catch (error) {
      page.tell(`The page can't recompute, and shows what it showed before: ${error.message}`);
    }
  };
  let pending;
  const change = (name, value, how) => {
    page.onchange?.(name, how);
    values.set(name, value);
    for (const show of bound.get(name)) show();
    page.onchanged?.();
    pending ??= requestAnimationFrame(() => {
      pending = undefined;
      page.update();
    });
  };
  let serial = 0;
  const control = (a, caption) => {
    const id = `given-${a.name}-${++serial}`;
    const unit = a.spoken;
    const slider = make("input", { type: "range", min: 0, max: STEPS, step: 1 });
    const step = 10 ** Math.floor(Math.log10((a.high - a.low) / 20));
    const field = make("input", { type: "number", step, id });
    const note = make("span", { className: "note", id: `${id}-note` });
    const reset = make("button", { type: "button", className: "reset", textContent: "↺" });
    slider.setAttribute("aria-label", `${a.description} (slider)`);
    if (!caption) field.setAttribute("aria-label", a.description);
    field.setAttribute("aria-describedby", note.id);
    reset.setAttribute("aria-label", `Reset: ${a.description}`);
    reset.title = `Back to ${a.value} ${unit}`;
    let moving = false;
    const show = () => {
      const value = values.get(a.name);
      if (Number(field.value) !== value || field.value === "") field.value = value;
      if (!moving) slider.value = position(a, value);
      slider.setAttribute("aria-valuetext", `${value} ${unit}`);
      const beyond = value < a.low || value > a.high ? ", beyond what is plausible" : "";
      note.textContent = isChanged(a.name) ? `was ${a.value}${beyond}` : "";
      reset.hidden = !isChanged(a.name);
    };
    slider.oninput = () => {
      moving = true; // the thumb stays where the hand put it
      change(a.name, atPosition(a, Number(slider.value)));
      moving = false;
    };
    let before;
    let wrong = "";
    field.onfocus = () => (before = values.get(a.name));
    field.oninput = () => {
      const value = field.value.trim() === "" ? NaN : Number(field.value);
      wrong = problem(a, value);
      if (wrong) {
        field.setAttribute("aria-invalid", "true");
        note.textContent = wrong;
      } else {
        field.removeAttribute("aria-invalid");
        change(a.name, value);
      }
    };
    field.onblur = () => {
      if (!wrong) return;
      const refused = `${field.value || "What was typed"} was refused: ${wrong}`;
      wrong = "";
      field.removeAttribute("aria-invalid");
      field.value = "";
      if (values.get(a.name) === before) show();
      else change(a.name, before); // not what its first digits would mean
      note.textContent = status.textContent = refused;
    };
    reset.onclick = () => {
      change(a.name, a.value);
      field.focus();
    };
    bound.get(a.name).push(show);
    show();
    const entry = make("span", { className: "entry" }, field, make("span", { className: "unit", textContent: unit }), reset, note);
    const label = caption ? [make("label", { htmlFor: id, textContent: a.description })] : [];
    return make("div", { className: "control" }, ...label, slider, entry);
  };

  page.anotherFlow = async () => newFlow(await loadVega()); // for values beside the page's own
  page.said = said;
  Object.assign(page, { known, values, problem, isChanged, change, charts, rows, draw, written, writeTable, offer });

  // --- set it going -----------------------------------------------------------------------------
  const panels = [...document.querySelectorAll("details.assumptions")];
  const fill = (panel) => {
    if (panel.dataset.filled) return;
    panel.dataset.filled = "yes";
    for (const row of panel.querySelectorAll("[data-assumption]")) {
      const a = known.get(row.dataset.assumption);
      row.querySelector(".value").replaceChildren(control(a, false));
    }
  };
  for (const panel of panels) panel.addEventListener("toggle", () => fill(panel));
  for (const { node } of charts) {
    const controls = node.querySelector(".controls");
    const names = controls.dataset.sliders.split(" ").filter(Boolean);
    controls.append(...names.map((name) => control(known.get(name), true)));
  }
  addEventListener("beforeprint", () => {
    panels.forEach(fill);
    for (const details of document.querySelectorAll("article details:not([open])")) {
      details.open = true;
      details.dataset.printed = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const details of document.querySelectorAll("[data-printed]")) {
      details.open = false;
      delete details.dataset.printed;
    }
  });
})();
