/* The page's dataflow. The notebook left its assumptions, its numbers and its charts on the page,
   each with the expressions that its Python formulas were traced to. A changed assumption goes
   through one Vega dataflow for the numbers and one for each chart. No formula is written here. */
(() => {
  "use strict";
  const here = document.currentScript.src;
  const parts = (kind) =>
    [...document.querySelectorAll(`script.${kind}`)].map((node) => JSON.parse(node.textContent));
  const known = new Map(parts("assumptions").flatMap((p) => p.assumptions).map((a) => [a.name, a]));
  const values = new Map([...known].map(([name, a]) => [name, a.value]));
  const bound = new Map([...known.keys()].map((name) => [name, []])); // its inputs on the page
  const make = (tag, attributes = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };

  // Vega is 200 kB (compressed) that a page needs only once something is drawn anew.
  let loading;
  const loadVega = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = make("script", { src: new URL("vega.js", here).href });
      script.onload = () => resolve(window.vega);
      script.onerror = () => reject(new Error("vega.js could not be loaded"));
      document.head.append(script);
    }));
  // Vega's own interpreter evaluates the expressions: no eval, so a strict policy can stand.
  const view = (vega, spec, options) =>
    new vega.View(vega.parse(spec, null, { ast: true }), {
      expr: vega.expressionInterpreter,
      ...options,
    });

  // --- the numbers in the prose -----------------------------------------------------------------
  const spans = [...document.querySelectorAll("data.live")];
  for (const span of spans) span.dataset.baseline = span.textContent;
  let numbers;
  const numbersView = (vega) => {
    const signals = new Map([...values].map(([name, value]) => [name, { name, value }]));
    for (const part of parts("numbers")) {
      for (const [name, update] of part.signals) signals.set(name, { name, update });
      for (const [name, format] of Object.entries(part.numbers)) {
        const update = format ? `format(n_${name}, '${format}')` : `n_${name}`;
        signals.set(`t_${name}`, { name: `t_${name}`, update });
      }
    }
    return view(vega, { signals: [...signals.values()] }, { renderer: "none" });
  };
  const writeNumbers = (vega) => {
    numbers ??= numbersView(vega);
    for (const [name, value] of values) numbers.signal(name, value);
    numbers.run();
    let changed = 0;
    for (const span of spans) {
      const text = String(numbers.signal(`t_${span.dataset.number}`))
        .replace("-", "−")
        .replace("Infinity", "∞")
        .replace("NaN", "undefined");
      changed += text !== span.textContent;
      span.textContent = text;
      span.value = numbers.signal(`n_${span.dataset.number}`);
      span.classList.toggle("changed", span.textContent !== span.dataset.baseline);
    }
    return changed;
  };

  // --- the charts -------------------------------------------------------------------------------
  const charts = [...document.querySelectorAll("figure.chart")].map((node) => ({ node }));
  const wake = async (chart) => {
    const vega = await loadVega();
    if (chart.view) return chart.view;
    const plot = chart.node.querySelector(".plot");
    const spec = JSON.parse(chart.node.querySelector("script.vega").textContent);
    chart.names = spec.signals.map((s) => s.name).filter((name) => values.has(name));
    const container = make("div", { ariaHidden: "true" }); // the plot around it is described
    chart.view = view(vega, spec, { renderer: "svg", hover: true });
    const { left, right } = spec.padding;
    const width = () => Math.max(plot.clientWidth - left - right, 100);
    chart.view.width(width());
    for (const name of chart.names) chart.view.signal(name, values.get(name));
    await chart.view.initialize(container).runAsync();
    plot.replaceChildren(container);
    new ResizeObserver(() => {
      if (plot.clientWidth && width() !== chart.view.width()) chart.view.width(width()).runAsync();
    }).observe(plot);
    chart.node.view = chart.view; // for whoever wants to inspect it
    if (chart.names.some(isChanged)) await redraw(chart);
    chart.node.dataset.awake = "";
    return chart.view;
  };
  const redraw = async (chart) => {
    for (const name of chart.names) chart.view.signal(name, values.get(name));
    await chart.view.runAsync();
    const before = chart.node.classList.contains("changed");
    const now = chart.node.classList.toggle("changed", chart.names.some(isChanged));
    if (before || now) writeTable(chart);
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
        const value = datum[field];
        const written = typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
        table.rows[i].cells[j].textContent = written;
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
    return "";
  };
  const isLog = (a) => a.low > 0 && a.high / a.low >= 30;
  const STEPS = 200;
  const position = (a, v) =>
    STEPS * (isLog(a) ? Math.log(v / a.low) / Math.log(a.high / a.low) : (v - a.low) / (a.high - a.low));
  const atPosition = (a, p) => {
    const f = p / STEPS;
    const v = isLog(a) ? a.low * (a.high / a.low) ** f : a.low + f * (a.high - a.low);
    return Number(v.toPrecision(3));
  };
  const content = parts("assumptions")[0];
  const page = { parts, known, values, problem, isChanged, make, charts, rows, wake, offer, content };
  const status = make("p", { className: "recomputed", role: "status" });
  document.body.append(status);
  let pending;
  const change = (name, value, how) => {
    page.onchange?.(name, how);
    values.set(name, value);
    for (const show of bound.get(name)) show();
    page.onchanged?.();
    pending ??= requestAnimationFrame(async () => {
      pending = undefined;
      try {
        const vega = await loadVega();
        const changed = writeNumbers(vega);
        await Promise.all(charts.filter((c) => c.view).map(redraw));
        const what = [...known.keys()].filter(isChanged).map((n) => known.get(n).description);
        const tail = what.length ? `Changed: ${what.join("; ")}.` : "All as published.";
        status.textContent = `Recomputed; ${changed} numbers in the text changed. ${tail}`;
        document.documentElement.dataset.computed = JSON.stringify(Object.fromEntries(values));
        for (const chart of charts) await wake(chart); // what is printed now is of one world
      } catch (error) {
        status.textContent = `The page can't recompute: ${error.message}`;
      }
    });
  };
  let serial = 0;
  const control = (a, caption) => {
    const id = `given-${a.name}-${++serial}`;
    const unit = a.spoken;
    const slider = make("input", { type: "range", min: 0, max: STEPS, step: 1 });
    const field = make("input", { type: "number", step: "any", id });
    const note = make("output", { className: "note" });
    const reset = make("button", { type: "button", className: "reset", textContent: "↺" });
    slider.setAttribute("aria-label", `${a.description} (slider)`);
    if (!caption) field.setAttribute("aria-label", a.description);
    reset.setAttribute("aria-label", `Reset: ${a.description}`);
    reset.title = `Back to ${a.value} ${unit}`;
    const show = () => {
      const value = values.get(a.name);
      if (Number(field.value) !== value || field.value === "") field.value = value;
      slider.value = position(a, value);
      slider.setAttribute("aria-valuetext", `${value} ${unit}`);
      const beyond = value < a.low || value > a.high ? ", beyond what is plausible" : "";
      note.textContent = isChanged(a.name) ? `was ${a.value}${beyond}` : "";
      reset.hidden = !isChanged(a.name);
    };
    slider.oninput = () => change(a.name, atPosition(a, Number(slider.value)));
    field.oninput = () => {
      const value = field.value.trim() === "" ? NaN : Number(field.value);
      const wrong = problem(a, value);
      field.setCustomValidity(wrong);
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (wrong) note.textContent = wrong;
      else change(a.name, value);
    };
    field.onblur = () => {
      field.setCustomValidity("");
      field.removeAttribute("aria-invalid");
      show();
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

  page.change = change;
  if (content) window.assumptionsOfThisPage = page; // for the scripts beside this one

  // --- set it going -----------------------------------------------------------------------------
  for (const row of document.querySelectorAll("[data-assumption]")) {
    const a = known.get(row.dataset.assumption);
    row.querySelector(".value").replaceChildren(control(a, false));
  }
  for (const { node } of charts) {
    const controls = node.querySelector(".controls");
    const names = controls.dataset.sliders.split(" ").filter(Boolean);
    controls.append(...names.map((name) => control(known.get(name), true)));
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((e) => e.isIntersecting)) {
      seen.unobserve(entry.target);
      wake(charts.find((c) => c.node === entry.target)).catch((error) => console.error(error));
    }
  });
  for (const { node } of charts) seen.observe(node);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details.assumptions")) details.open = true;
  });
})();
