// The question as the address holds it: pure functions from one address to the next.

const split = (url) => {
  const at = new URL(url, location.href);
  return [at.pathname, [...at.searchParams]];
};

const join = (path, pairs) => {
  const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  return text ? `${path}?${text}` : path;
};

/** The address with a crossing shut, opened, or given back to the record. */
export function flip(url, gate) {
  const id = gate.dataset.id;
  const [path, given] = split(url);
  const pairs = given.filter(([name]) => name !== "gate");
  const left = pairs.filter(([name, value]) => !((name === "close" || name === "open") && value === id));
  if (left.length === pairs.length) {
    const lifted = pairs.some(([name, value]) => name === "state" && value === "all-open");
    left.push([gate.dataset.recorded === "shut" && !lifted ? "open" : "close", id]);
  }
  return join(path, [...left, ["gate", id]]);
}

/** What an address gives under a name; blank for nothing. */
export function given(url, name) {
  return new URL(url, location.href).searchParams.get(name) ?? "";
}

/** The address of another part of the screen, for the same question. */
export function beside(url, part) {
  return `/compare/${part}${new URL(url, location.href).search}`;
}

/** The address with one value set; a blank one is left out. */
export function withValue(url, name, value) {
  const [path, pairs] = split(url);
  const left = pairs.filter(([one]) => one !== name);
  return join(path, value === "" ? left : [...left, [name, value]]);
}

/** The address without one change ("close khunjerab-road"), or without any ("all"). */
export function undo(url, what) {
  const [path, pairs] = split(url);
  if (what === "all") return join(path, pairs.filter(([name]) => !["close", "open", "with"].includes(name)));
  const [deed, id] = what.split(" ");
  return join(path, pairs.filter(([name, value]) => !(name === deed && value === id)));
}

/** The address with what a form says; what it leaves blank is left out. */
export function withForm(url, form) {
  const [path, pairs] = split(url);
  const named = new Set(form.keys());
  const kept = pairs.filter(([name]) => !named.has(name) && name !== "depart");
  const said = [...form].filter(([, value]) => value !== "");
  return join(path, [...said, ...kept.filter(([name]) => name !== "data")]);
}

/** The address in another language. */
export function inTongue(url, code) {
  const [path, pairs] = split(url);
  return join(path, [...pairs.filter(([name]) => name !== "lang"), ["lang", code]]);
}

/** Whether an address asks what another does. */
export function sameQuestion(url, place) {
  const at = new URL(url, location.href);
  return at.pathname === place.pathname && at.search === place.search;
}
