/* What a reader can take from a chart: its values, its drawing, a link to it with its settings. */
(() => {
  "use strict";
  const page = window.page;
  if (!page.charts) return;
  const { make, charts, rows, draw, writeTable, offer } = page;
  const SCALE = 2; // of a PNG, for a sharp print

  const csv = async (chart) => {
    await draw(chart);
    writeTable(chart);
    const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const text = rows(chart).map((row) => row.map(quote).join(",")).join("\n") + "\n";
    offer(new Blob([text], { type: "text/csv" }), `${chart.node.id}.csv`);
  };
  /* A drawing on its own needs the values of the page's colours, on light ground, its title and its
     source. */
  const TITLE = 15; // pixels, as the letters of the source below
  const SOURCE = 11;
  const words = (text, size, width) => {
    const lines = [""];
    for (const word of text.split(" ")) {
      if ((lines.at(-1).length + word.length) * size * 0.55 > width) lines.push("");
      lines.push(`${lines.pop()} ${word}`.trim());
    }
    return lines;
  };
  const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const drawing = async (chart) => {
    const view = await draw(chart);
    const probe = make("span", { hidden: true });
    probe.style.colorScheme = "light";
    document.body.append(probe);
    const colour = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const text = await view.toSVG();
    const [width, height] = ["width", "height"].map((side) => Number(text.match(`${side}="([\\d.]+)"`)[1]));
    const part = (selector) => chart.node.querySelector(selector).textContent;
    const title = words(part("figcaption"), TITLE, width - 16);
    const source = words(part(".source p"), SOURCE, width - 16);
    const top = title.length * TITLE * 1.4 + 10;
    const line = (size, from, weight) => (words, i) =>
      `<text x="8" y="${from + size * 1.4 * (i + 1) - 4}" font-size="${size}" font-weight="${weight}">${escape(words)}</text>`;
    const picture = [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + height + source.length * SOURCE * 1.4 + 8}"`,
      ` font-family="sans-serif" fill="var(--chart-ink)"><rect width="100%" height="100%" fill="var(--ground)"/>`,
      ...title.map(line(TITLE, 2, "bold")),
      `<g transform="translate(0,${top})">${text}</g>`,
      ...source.map(line(SOURCE, top + height, "normal")),
      "</svg>",
    ].join("");
    const finished = picture.replace(/var\((--[\w-]+)\)/g, (_, name) => colour(name));
    probe.remove();
    return finished;
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
