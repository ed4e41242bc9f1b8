// The evaluation report: which cases are shown, and what happens on paper.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./browser.js";

const choice = (name, ...values) => `<select name="${name}"><option value=""></option>${values.map((v) => `<option>${v}</option>`).join("")}</select>`;
const page = openPage(
  `<form id="filters">${choice("kind", "fact", "list")}${choice("outcome", "right", "!right")}${choice("stage", "retrieved")}<input name="text"></form>
   <output id="shown"></output><p id="none" hidden></p><button id="theme"></button><button id="print"></button><button id="open-all"></button>
   <section id="cases"></section><button class="stage" data-stage="retrieved"></button>
   <details class="case" id="a" data-kind="fact" data-outcome="right" data-stage="" data-text="who said herring"></details>
   <details class="case" id="b" data-kind="list" data-outcome="wrong" data-stage="retrieved" data-text="list the buoys" open></details>
   <details class="case" id="c" data-kind="fact" data-outcome="failed" data-stage="" data-text="herring and buoys"></details>`,
);
const listeners = new Map();
globalThis.addEventListener = (name, listener) => listeners.set(name, listener);
globalThis.matchMedia = () => ({ matches: true });
page.getElementById("cases").scrollIntoView = () => {};
await import("#report/report.js");

const form = page.getElementById("filters");
const shown = () => [...page.querySelectorAll(".case")].filter((each) => !each.hidden).map((each) => each.id).join("");

function choose(values) {
  for (const [name, value] of Object.entries({ kind: "", outcome: "", stage: "", text: "", ...values })) form.elements[name].value = value;
  form.dispatchEvent(new Event("input"));
}

test("cases are shown that fit every choice and hold every word", () => {
  const expected = [
    [{}, "abc"],
    [{ kind: "fact" }, "ac"],
    [{ outcome: "!right" }, "bc"],
    [{ kind: "fact", outcome: "!right" }, "c"],
    [{ text: " BUOYS  herring" }, "c"],
    [{ text: "nowhere" }, ""],
  ];
  for (const [chosen, cases] of expected) {
    choose(chosen);
    assert.equal(shown(), cases, JSON.stringify(chosen));
    assert.equal(page.getElementById("shown").textContent, `${cases.length} of 3`);
    assert.equal(page.getElementById("none").hidden, cases !== "");
  }
});

test("a stage shows the cases that were lost at it, whatever was chosen before", () => {
  choose({ kind: "fact" });
  page.querySelector(".stage").click();
  assert.equal(shown(), "b");
});

test("on paper all is open, afterwards as it was", () => {
  const open = () => [...page.querySelectorAll("details")].map((each) => each.open);
  listeners.get("beforeprint")();
  assert.deepEqual(open(), [true, true, true]);
  listeners.get("afterprint")();
  assert.deepEqual(open(), [false, true, false]);
});

test("the theme turns from what the reader sees", () => {
  page.getElementById("theme").click();
  assert.equal(page.documentElement.dataset.theme, "light");
  page.getElementById("theme").click();
  assert.equal(page.documentElement.dataset.theme, "dark");
});
