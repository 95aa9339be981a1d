// Pan and zoom: the map is a picture in a box that scrolls, so touch, wheel and keys pan it as
// they pan anything; here it grows and shrinks, and a mouse may drag it.

const STEPS = [1, 1.5, 2.2, 3.2, 4.5];

export function enableMap(box, map, buttons) {
  let step = 0;

  function zoomTo(next, x = box.clientWidth / 2, y = box.clientHeight / 2) {
    const wanted = Math.min(STEPS.length - 1, Math.max(0, next));
    if (wanted === step) return;
    const before = map.clientWidth;
    const [left, top] = [box.scrollLeft + x, box.scrollTop + y];
    step = wanted;
    map.style.setProperty("--zoom", String(STEPS[step]));
    const grown = map.clientWidth / before;
    box.scrollTo(left * grown - x, top * grown - y);
    scale();
  }

  // Signs and names keep their size on the screen while the land grows.
  function scale() {
    map.style.setProperty("--k", String(Math.min(1.6, map.viewBox.baseVal.width / map.clientWidth)));
  }

  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const way = event.target.dataset.zoom;
    if (way) zoomTo(step + (way === "in" ? 1 : -1));
  });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = box.getBoundingClientRect();
    zoomTo(step + (event.deltaY < 0 ? 1 : -1), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });

  let from = null;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    from = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.hypot(dx, dy) < 4 && !from.moved) return;
    from.moved = true;
    box.scrollTo(from.left - dx, from.top - dy);
  });
  window.addEventListener("pointerup", () => { setTimeout(() => { from = null; }); });
  box.addEventListener("click", (event) => { if (from?.moved) event.preventDefault(); }, true);
  box.addEventListener("dragstart", (event) => event.preventDefault());
  new ResizeObserver(scale).observe(map);
  scale();
  const way = map.querySelector(".m-best")?.getBBox();
  if (way) {
    const grown = map.clientWidth / map.viewBox.baseVal.width;
    box.scrollTo((way.x + way.width / 2) * grown - box.clientWidth / 2, (way.y + way.height / 2) * grown - box.clientHeight / 2);
  }
}
