"use strict";
const root = document.documentElement;
const form = document.getElementById("filters");
const cases = [...document.querySelectorAll(".case")];
const shown = document.getElementById("shown");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function fits(wanted, value) {
  return wanted === "" || (wanted.startsWith("!") ? value !== wanted.slice(1) : value === wanted);
}

function filter() {
  const { kind, outcome, rung, text } = Object.fromEntries(new FormData(form));
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const each of cases) {
    const { dataset } = each;
    const fit = fits(kind, dataset.kind) && fits(outcome, dataset.outcome) && fits(rung, dataset.rung)
      && words.every((word) => dataset.text.includes(word));
    each.hidden = !fit;
    count += fit;
  }
  shown.textContent = `${count} of ${cases.length}`;
  document.getElementById("none").hidden = count > 0;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; });
document.getElementById("print").addEventListener("click", () => print());
document.getElementById("open-all").addEventListener("click", () => {
  const seen = cases.filter((each) => !each.hidden);
  const open = !seen.every((each) => each.open);
  for (const each of seen) each.open = open;
});
for (const button of document.querySelectorAll(".rung")) {
  button.addEventListener("click", () => {
    form.reset();
    form.elements.rung.value = button.dataset.rung;
    filter();
    document.getElementById("cases").scrollIntoView();
  });
}
// On paper everything that is shown is open; afterwards all is as it was.
const folded = [...document.querySelectorAll("details")];
let before = [];
addEventListener("beforeprint", () => {
  before = folded.map((each) => each.open);
  for (const each of folded) each.open = true;
});
addEventListener("afterprint", () => folded.forEach((each, place) => { each.open = before[place]; }));
