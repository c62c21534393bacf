/* What a reader can take from a chart: its values, its drawing, a link to it with its settings. */
(() => {
  "use strict";
  const page = window.page;
  if (!page) return;
  const { make, charts, rows, draw, offer } = page;
  const SCALE = 2; // of a PNG, for a sharp print

  const csv = (chart) => {
    const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const text = rows(chart).map((row) => row.map(quote).join(",")).join("\n") + "\n";
    offer(new Blob([text], { type: "text/csv" }), `${chart.node.id}.csv`);
  };
  /* Colours are variables of the page: a drawing on its own needs their values, and a ground. */
  const drawing = async (chart) => {
    const view = await draw(chart);
    const probe = make("span", { hidden: true });
    document.body.append(probe);
    const colour = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const text = await view.toSVG();
    const coloured = text.replace(/var\((--[\w-]+)\)/g, (_, name) => colour(name));
    const ground = `<rect width="100%" height="100%" fill="${colour("--ground")}"/>`;
    probe.remove();
    return coloured.replace(/(<svg[^>]*>)/, `$1${ground}`);
  };
  const svg = async (chart) =>
    offer(new Blob([await drawing(chart)], { type: "image/svg+xml" }), `${chart.node.id}.svg`);
  const png = async (chart) => {
    const image = new Image();
    const source = await drawing(chart);
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(source);
    await image.decode();
    const canvas = make("canvas", { width: image.width * SCALE, height: image.height * SCALE });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => offer(blob, `${chart.node.id}.png`), "image/png");
  };

  for (const chart of charts) {
    const links = page.link ? [["Link", "Link to this chart with its settings", () => page.link(`#${chart.node.id}`)]] : [];
    const what = chart.node.querySelector("figcaption").textContent;
    const button = (textContent, said, act) => {
      const node = make("button", { type: "button", className: "plain", textContent });
      node.setAttribute("aria-label", `${said}: ${what}`);
      node.onclick = () => act(chart);
      return node;
    };
    const offers = [
      ["CSV", "Values as CSV", csv],
      ["SVG", "Drawing as SVG", svg],
      ["PNG", "Drawing as PNG", png],
      ...links,
    ];
    chart.node.querySelector(".source").prepend(
      make("div", { className: "take" }, ...offers.map((offer) => button(...offer))),
    );
  }
})();
