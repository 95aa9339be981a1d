// What follows a flip: shares of first places, the cards of the crossing, and the share of days
// open over the coming year, which is drawn for seconds. A flip gives up all that is still asked.
import { beside, given, withValue } from "./question.js";

const IDLE_MS = 900;
const element = (id) => document.getElementById(id);
const kept = new Map();
const MOST_KEPT = 60;

/** Ask all that follows; resolves when the quick ones stand, and leaves the slow one running. */
export async function follow(url, signal) {
  await Promise.allSettled([shares(url, signal), cards(url, signal)]);
  if (signal.aborted) return;
  wait(IDLE_MS, signal).then(() => days(url, signal)).catch(() => {});
}

async function shares(url, signal) {
  if (!document.querySelector(".waits")) return;
  const reply = await fetch(beside(url, "shares"), { signal });
  if (!reply.ok) return;
  const { parts } = await reply.json();
  if (signal.aborted) return;
  for (const [id, html] of Object.entries(parts)) {
    const place = element(id);
    if (place) place.innerHTML = html || "–";
  }
}

async function cards(url, signal) {
  const page = await pageOf(beside(url, "gate"), signal);
  const shown = page?.getElementById("gate");
  if (shown && !signal.aborted) element("gate").replaceChildren(...shown.childNodes);
}

/** Fill the share of days open at the level of security that the address asks for. */
export async function days(url, signal) {
  const cells = await levelOf(url, given(url, "hazard_factor") || "1", signal);
  if (signal.aborted || !cells) return;
  for (const cell of document.querySelectorAll("td.days")) {
    cell.innerHTML = cells.get(cell.id) ?? "–";
  }
  document.body.dataset.level = given(url, "hazard_factor") || "1";
}

/** Compute levels ahead, one by one, so that the slider moves at once. */
export async function ahead(url, levels, signal) {
  for (const level of levels) {
    if (signal.aborted) return;
    await levelOf(url, level, signal);
  }
}

async function levelOf(url, level, signal) {
  const address = beside(withValue(withValue(withValue(url, "gate", ""), "depart", ""), "hazard_factor", level), "security");
  if (!kept.has(address)) {
    const page = await pageOf(address, signal);
    const rows = page?.querySelectorAll("#security [data-corridor]");
    if (!rows) return null;
    kept.set(address, new Map([...rows].map((row) => [`days-${row.dataset.corridor}`, row.querySelector(".cell").innerHTML])));
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(address);
}

async function pageOf(url, signal) {
  try {
    const reply = await fetch(url, { signal });
    return reply.ok ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return null;
  }
}

function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); });
  });
}
