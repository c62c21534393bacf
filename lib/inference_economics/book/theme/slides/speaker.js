/* The speaker's view: notes, what comes next and the time, in a window of its own. That window runs no
   script; this one writes into it. */
(() => {
  "use strict";
  const { Reveal } = window;
  const { make } = window.page;
  const sheets = [...document.querySelectorAll('link[rel="stylesheet"]')].map(({ href }) => href);
  const title = (slide) => slide?.querySelector("h1, h2")?.textContent ?? "the end";
  let view;
  let began;

  const elapsed = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  let written = "";
  const write = () => {
    if (!view || view.closed) return;
    const slide = Reveal.getCurrentSlide();
    const all = Reveal.getSlides();
    const at = all.indexOf(slide);
    view.document.querySelector(".time").textContent = elapsed();
    const notes = slide.querySelector("aside.notes")?.innerHTML ?? "";
    if (notes + at === written) return;
    written = notes + at;
    view.document.querySelector(".number").textContent = `${at + 1} of ${all.length}`;
    view.document.querySelector("h1").textContent = title(slide);
    view.document.querySelector("main").innerHTML = notes;
    view.document.querySelector("h2").textContent = `Next: ${title(all[at + 1])}`;
  };
  const open = () => {
    if (view && !view.closed) return view.focus();
    view = window.open("", "speaker", "popup,width=900,height=700");
    if (!view) return window.page.tell("The browser did not let the speaker's view open.");
    began = Date.now();
    written = "";
    const { document: there } = view;
    there.title = "Speaker view";
    there.documentElement.lang = "en";
    there.documentElement.className = "speaker";
    there.head.replaceChildren(...sheets.map((href) => make("link", { rel: "stylesheet", href })));
    there.body.className = "speaker";
    const place = make("p", { className: "place" }, make("span", { className: "number" }), make("span", { className: "time" }));
    there.body.replaceChildren(place, make("h1"), make("main"), make("h2"));
    view.onkeydown = ({ key }) => {
      if (["ArrowRight", "ArrowDown", "PageDown", " "].includes(key)) Reveal.next();
      if (["ArrowLeft", "ArrowUp", "PageUp"].includes(key)) Reveal.prev();
    };
    write();
  };
  Reveal.on("slidechanged", write);
  setInterval(write, 500);
  document.querySelector("#speaker").onclick = open;
  Reveal.addKeyBinding({ keyCode: 83, key: "S", description: "Speaker view" }, open);
})();
