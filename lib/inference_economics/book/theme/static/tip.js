/* What a chart says where it is pointed at: a bar or a dot of itself, a line at its nearest point. */
(() => {
  "use strict";
  const page = window.page;
  if (!page.charts) return;
  const { make, written } = page;
  const NEAR = 24; // pixels from a line
  const tip = make("div", { className: "tip", hidden: true });
  document.body.append(tip);
  const hide = () => (tip.hidden = true);
  for (const event of ["scroll", "pointerdown", "pointercancel"]) addEventListener(event, hide, { passive: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());

  const show = ({ clientX, clientY }, lines) => {
    tip.hidden = !lines.length;
    tip.replaceChildren(
      ...lines.map(([name, said]) => make("div", {}, name && `${name}: `, make("b", {}, String(said)))),
    );
    const screen = document.documentElement;
    const left = Math.min(clientX + 12, screen.clientWidth - tip.offsetWidth - 4);
    const above = clientY + tip.offsetHeight + 16 > screen.clientHeight;
    tip.style.left = `${Math.max(left, 4)}px`;
    tip.style.top = `${above ? clientY - tip.offsetHeight - 8 : clientY + 14}px`;
  };
  const name = (field) => field.replace(" (log)", "").replaceAll("_", " ");
  const lines = (said) =>
    Object.entries(Object(said) === said ? said : { "": said })
      .filter(([field]) => !field.endsWith("_sort_index"))
      .map(([field, value]) => [name(field), value]);

  // The fields that a line is drawn from, by the name of its mark.
  const drawnFrom = (marks) =>
    marks.flatMap((mark) => {
      if (mark.type === "group") return drawnFrom(mark.marks ?? []);
      if (mark.type !== "line") return [];
      const { x, y, stroke } = mark.encode.update;
      return [[mark.name, [stroke, x, y].map((channel) => channel?.field).filter((f) => typeof f === "string")]];
    });
  // Every line as points on the drawing, in order.
  const paths = (mark, x, y) =>
    mark.marktype === "group"
      ? mark.items.flatMap((group) => group.items.flatMap((m) => paths(m, x + (group.x ?? 0), y + (group.y ?? 0))))
      : mark.marktype === "line"
        ? [mark.items.map((item) => ({ datum: item.datum, x: item.x + x, y: item.y + y, of: mark.name }))]
        : [];
  const away = (a, b) => {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const part = Math.min(Math.max(-(a.x * dx + a.y * dy) / (dx * dx + dy * dy || 1), 0), 1);
    return { distance: Math.hypot(a.x + part * dx, a.y + part * dy), end: part < 0.5 ? a : b };
  };
  const nearest = (chart, event) => {
    const svg = chart.plot.querySelector("svg");
    const { left, top, width } = svg.getBoundingClientRect();
    const scale = width / svg.width.baseVal.value; // on a slide
    const [originX, originY] = chart.view.origin();
    let best = { distance: NEAR };
    const x = originX + (left - event.clientX) / scale;
    for (const path of paths(chart.view.scenegraph().root, x, originY + (top - event.clientY) / scale))
      path.forEach((point, i) => {
        const found = away(point, path[i + 1] ?? point);
        if (found.distance < best.distance) best = found;
      });
    return best.end;
  };
  page.showTip = (_, event, item, said) => {
    if (said) show(event, lines(said));
    else hide();
  };
  page.onawake = (chart) => {
    const { marks, usermeta } = page.data.charts[chart.node.id];
    const fields = new Map(drawnFrom(marks));
    chart.view.addEventListener("click", (event, item) => page.showTip(null, event, item, item?.tooltip));
    if (!fields.size) return;
    for (const kind of ["pointermove", "click"]) {
      chart.view.addEventListener(kind, (event, item) => {
        if (item?.tooltip) return;
        const point = nearest(chart, event);
        const number = (value) => (value >= 1e4 && value < 1e15 ? Number(written(value)).toLocaleString("en") : written(value));
        const said = point && fields.get(point.of).map((f) => [name(usermeta.captions[f] ?? ""), number(point.datum[f])]);
        show(event, said ?? []);
      });
    }
    chart.view.addEventListener("pointerout", hide);
  };
})();
