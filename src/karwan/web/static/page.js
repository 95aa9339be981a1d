// The screen: one question, held in the address. Links work without this; with it a press changes
// the screen in place, and a reply that comes late never replaces a later one.
import { ahead, days, follow } from "./later.js";
import { beside, flip, inTongue, undo, withForm, sameQuestion } from "./question.js";
import { enableSliders } from "./sliders.js";
import { enableMap } from "./map.js";

const body = document.body;
let running = null;
let asked = 0;

const element = (id) => document.getElementById(id);

async function show(url, { push = true } = {}) {
  const mine = ++asked;
  running?.abort();
  running = new AbortController();
  body.classList.add("busy");
  try {
    const reply = await fetch(beside(url, "parts"), { signal: running.signal, headers: { accept: "application/json" } });
    if (!reply.ok) { location.assign(url); return; }
    const answer = await reply.json();
    if (mine !== asked) return;
    place(answer);
    if (push && !sameQuestion(answer.url, location)) history.pushState(null, "", answer.url);
    else history.replaceState(null, "", answer.url);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  } finally {
    if (mine === asked) {
      body.classList.remove("busy");
      body.dataset.n = String(mine);
    }
  }
  await more(running.signal);
}

// The second calls: given up when the next question is asked.
async function more(signal) {
  await follow(body.dataset.url, signal).catch(() => {});
  if (!signal.aborted) body.dataset.followed = String(asked);
}

function place({ url, title, parts }) {
  const focus = document.activeElement;
  const kept = focus?.dataset?.id ? [focus.closest("svg") ? "m-switches" : "list", focus.dataset.id] : null;
  const opened = element("list").querySelector("details")?.open;
  for (const [id, html] of Object.entries(parts)) element(id).innerHTML = html;
  const details = element("list").querySelector("details");
  if (details && opened !== undefined) details.open = opened;
  body.dataset.url = url;
  delete body.dataset.followed;
  delete body.dataset.level;
  document.title = title;
  element("ask").elements.as_of.value = new URL(url, location.href).searchParams.get("as_of");
  moveSliders(url);
  for (const link of document.querySelectorAll(".tongues a")) link.href = inTongue(url, link.hreflang);
  if (kept) element(kept[0]).querySelector(`[data-id="${CSS.escape(kept[1])}"]`)?.focus({ preventScroll: true });
}

function press(target) {
  const gate = target.closest("[role=switch]");
  if (gate) return flip(body.dataset.url, gate);
  const chip = target.closest("[data-undo]");
  if (chip) return undo(body.dataset.url, chip.dataset.undo);
  const link = target.closest("a.more, a[data-add]");
  return link ? link.href?.baseVal ?? link.getAttribute("href") : null;
}

// The state is changed at once, before the reply: two quick presses both count.
function go(url) {
  body.dataset.url = url;
  show(url);
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const figure = event.target.closest(".fig a");
  if (figure) {
    event.preventDefault();
    open(figure.getAttribute("href"));
    return;
  }
  const url = press(event.target);
  if (url) {
    event.preventDefault();
    go(url);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.repeat) return;
  const gate = event.target.closest?.("[role=switch]");
  if (!gate) return;
  event.preventDefault();
  go(flip(body.dataset.url, gate));
});

element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  // A new pair has another map's names and another bar: the page is asked whole.
  location.assign(withForm(body.dataset.url, new FormData(event.target)));
});

window.addEventListener("popstate", () => {
  body.dataset.url = location.pathname + location.search;
  show(location.href, { push: false });
});

async function open(url) {
  const reply = await fetch(url);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const shown = page.getElementById("figures");
  if (!shown) { location.assign(url); return; }
  element("why-body").replaceChildren(document.adoptNode(shown));
  element("why").showModal();
}

element("why").addEventListener("click", (event) => {
  if (event.target === event.currentTarget) event.currentTarget.close();
});

const moveSliders = enableSliders(() => body.dataset.url, {
  go(url) {
    const level = (one) => new URL(one, location.href).searchParams.get("hazard_factor");
    if (level(url) === level(body.dataset.url)) { go(url); return; }
    // How often closures come changes no hours and no USD: only the shares of days are asked.
    body.dataset.url = url;
    history.pushState(null, "", url);
    running?.abort();
    running = new AbortController();
    days(url, running.signal).catch(() => {});
  },
  near: (levels) => ahead(body.dataset.url, levels, running.signal).catch(() => {}),
});
running = new AbortController();
more(running.signal);
enableMap(element("mapbox"), element("map"), element("zoom"));
