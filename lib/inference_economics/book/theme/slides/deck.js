/* A deck: the page's own charts and numbers on slides of reveal.js. */
(() => {
  "use strict";
  const { page, Reveal } = window;
  const printing = new URLSearchParams(location.search).has("print-pdf");
  const LARGEST = 1.7; // times the size of a chart on a page
  const LEAST = { bars: 0.62, lines: 0.56 }; // of its height on a page, if room is short

  // A chart fills the room that its slide leaves, once the slide is laid out; it may be drawn already.
  const fit = ({ node, plot, view }) => {
    const spec = page.data.charts[node.id];
    if (plot.style.width || !plot.clientWidth) return;
    const { clientWidth: width, clientHeight: height } = plot;
    const { left, top, bottom } = spec.padding;
    const least = spec.height * LEAST[left < 20 || left > 100 ? "bars" : "lines"];
    const scale = Math.min(LARGEST, height / (least + top + bottom));
    spec.height = Math.floor(height / scale) - top - bottom;
    plot.style.width = `${width / scale}px`;
    plot.style.height = `${height / scale}px`;
    plot.style.transform = `scale(${scale})`;
    view?.height(spec.height).runAsync();
  };
  const fitAll = () => page.charts?.forEach(fit); // those of the neighbours have a size too
  const shown = () => {
    fitAll();
    dispatchEvent(new Event("scroll")); // a page draws its charts anew once a reader does something
  };
  const print = async () => {
    fitAll();
    await Promise.all(page.charts.map(page.draw));
    document.documentElement.dataset.printable = "";
  };

  if (printing) Reveal.on("pdf-ready", print);
  else for (const event of ["ready", "slidechanged"]) Reveal.on(event, shown);
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    display: "flex",
    controls: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    backgroundTransition: "none",
    view: printing ? "print" : null,
    pdfMaxPagesPerSlide: 1,
  });
  // Arrow keys move a slider that has the focus; Escape gives them back to the slides.
  addEventListener("keydown", ({ key, target }) => key === "Escape" && target.matches("input, select") && target.blur());
})();
