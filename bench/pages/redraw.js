// Notes in `times` the milliseconds from a control's input until the frame that answers it is done.
() => {
  let start;
  window.times = [];
  const { port1, port2 } = new MessageChannel(); // a task: it waits for layout and paint
  port1.onmessage = () => {
    if (start !== undefined) times.push(performance.now() - start);
    start = undefined;
  };
  addEventListener("input", () => (start ??= performance.now()), true);
  const { update } = page;
  page.update = async () => {
    await update();
    port2.postMessage(0);
  };
}
