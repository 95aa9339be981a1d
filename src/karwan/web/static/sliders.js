// Two sliders: the day whose knowledge is used, by days of evidence, and how often closures come.
import { given, withValue } from "./question.js";

const element = (id) => document.getElementById(id);

export function enableSliders(url, { go, near }) {
  const box = element("sliders");
  const days = box.dataset.days.split(" ").filter(Boolean);
  const levels = box.dataset.levels.split(" ");
  const [day, level] = [element("s-day"), element("s-level")];
  const words = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-ca-gregory-nu-latn`, { dateStyle: "long", timeZone: "UTC" });
  const told = new Map(box.dataset.told.split("|").map((text, at) => [Number(levels[at]), text]));
  const asked = Number(given(url(), "hazard_factor") || "1");
  told.set(asked, element("o-level").textContent);
  box.classList.add("live");
  day.hidden = level.hidden = false;

  function show(now) {
    const asked = given(now, "as_of");
    day.value = String(Math.max(0, days.findLastIndex((one) => one <= asked)));
    tellDay(asked);
    const factor = Number(given(now, "hazard_factor") || "1");
    level.value = String(levels.findIndex((one) => Number(one) >= factor));
    tellLevel(factor);
  }

  function tellDay(text) {
    element("o-day").textContent = words.format(new Date(`${text}T00:00:00Z`));
    day.setAttribute("aria-valuetext", element("o-day").textContent);
  }

  function tellLevel(factor) {
    element("o-level").textContent = told.get(factor) ?? `×${factor}`;
    level.setAttribute("aria-valuetext", element("o-level").textContent);
  }

  day.addEventListener("input", () => tellDay(days[day.value]));
  day.addEventListener("change", () => go(withValue(url(), "as_of", days[day.value])));
  level.addEventListener("input", () => tellLevel(Number(levels[level.value])));
  level.addEventListener("change", () => go(withValue(url(), "hazard_factor", Number(levels[level.value]) === 1 ? "" : levels[level.value])));
  // Whoever comes near the slider will move it: the other levels are drawn ahead, the nearest first.
  const comes = () => {
    const at = Number(level.value);
    near([...levels].sort((a, b) => Math.abs(levels.indexOf(a) - at) - Math.abs(levels.indexOf(b) - at)));
  };
  level.addEventListener("pointerenter", comes);
  level.addEventListener("focus", comes);
  box.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const asked = given(url(), "as_of");
    const next = step.dataset.step === "1" ? days.find((one) => one > asked) : days.findLast((one) => one < asked);
    event.preventDefault();
    if (next) { tellDay(next); go(withValue(url(), "as_of", next)); }
  });
  show(url());
  return show;
}
