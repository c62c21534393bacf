// Notes in `times` the milliseconds from a control's input until all is computed and in the document,
// and until the frame that shows it is done.
() => {
  let start, recomputed;
  window.times = [];
  const { port1, port2 } = new MessageChannel(); // a task: it waits for layout and paint
  port1.onmessage = () => {
    if (start !== undefined) times.push([recomputed - start, performance.now() - start]);
    start = undefined;
  };
  addEventListener("input", () => (start ??= performance.now()), true);
  const { update } = page;
  page.update = async () => {
    await update();
    recomputed = performance.now();
    port2.postMessage(0);
  };
}
