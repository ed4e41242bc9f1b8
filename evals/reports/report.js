// The report's filters, its theme, and how it is printed.

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const root = document.documentElement;
const form = /** @type {HTMLFormElement} */ (at("filters"));
const cases = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll(".case")]);

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/**
 * Whether a value is the one wanted, or with "!" before it any other; nothing wanted fits all.
 * @param {string} wanted
 * @param {string | undefined} value
 */
function fits(wanted, value) {
  if (wanted === "") return true;
  return wanted.startsWith("!") ? value !== wanted.slice(1) : value === wanted;
}

function filter() {
  const { text, ...wanted } = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const each of cases) {
    const { text: said = "", ...is } = each.dataset;
    const fit = Object.entries(wanted).every(([name, value]) => fits(value, is[name]));
    each.hidden = !(fit && words.every((word) => said.includes(word)));
  }
  const count = cases.filter((each) => !each.hidden).length;
  at("shown").textContent = `${count} of ${cases.length}`;
  at("none").hidden = count > 0;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
at("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
});
at("print").addEventListener("click", () => print());
at("open-all").addEventListener("click", () => {
  const seen = cases.filter((each) => !each.hidden);
  const open = !seen.every((each) => each.open);
  for (const each of seen) each.open = open;
});
const stages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".stage")]);
for (const button of stages) {
  button.addEventListener("click", () => {
    form.reset();
    const choice = /** @type {HTMLSelectElement} */ (form.elements.namedItem("stage"));
    choice.value = button.dataset.stage ?? "";
    filter();
    at("cases").scrollIntoView();
  });
}
// On paper everything that is shown is open; afterwards all is as it was.
const folded = [...document.querySelectorAll("details")];
/** @type {boolean[]} */
let before = [];
addEventListener("beforeprint", () => {
  before = folded.map((each) => each.open);
  for (const each of folded) each.open = true;
});
addEventListener("afterprint", () => {
  for (const [place, each] of folded.entries()) each.open = before[place];
});
