// The break-even surface is a plane: value = a·tonnes·days open − b·cost − c. Nothing is asked again.
const element = (id) => document.getElementById(id);
const even = element("even");

if (even) {
  const [perCapex, fixed, perMt] = ["perCapex", "fixed", "perMt"].map((name) => Number(even.dataset[name]));
  const lang = `${document.documentElement.lang}-u-nu-latn`;
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const inputs = ["capex", "mt", "days"].map((name) => element(`e-${name}`));
  const says = element("even-says");

  const show = () => {
    const [capex, mt, days] = inputs.map((one) => Number(one.value));
    const value = perMt * mt * (1 - days / 365) - perCapex * capex - fixed;
    element("o-capex").textContent = whole.format(capex);
    element("o-mt").textContent = tenth.format(mt);
    element("o-days").textContent = whole.format(days);
    const words = value >= 0 ? says.dataset.pays : says.dataset.paysNot;
    says.textContent = words.replace("#", whole.format(value).replace("-", "\u2212"));
  };
  for (const one of inputs) one.addEventListener("input", show);
  even.addEventListener("click", (event) => {
    const point = event.target.closest("button[data-capex]");
    if (!point) return;
    inputs[0].value = point.dataset.capex;
    inputs[1].value = point.dataset.mt;
    inputs[2].value = point.dataset.days;
    show();
  });
}
