// What the conversation, its citations, filters and records rest on.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { openPage, streamOf } from "./browser.js";

openPage();
const { jsonLines, wished } = await import("#page/asking.js");
const { named, showFilters } = await import("#page/drawers.js");
const { make, the } = await import("#page/elements.js");
const { beside, neighbour } = await import("#page/reading.js");
const { whereIs } = await import("#page/records.js");
const { keep, learn, state } = await import("#page/server.js");

beforeEach(() => openPage());

async function linesOf(...pieces) {
  const lines = [];
  for await (const line of jsonLines(streamOf(...pieces))) lines.push(line);
  return lines;
}

// --- the lines of an answer -----------------------------------------------------------------------------------------

test("lines arrive whole however they are cut, also through a letter", async () => {
  const bytes = new TextEncoder().encode('{"html":"é"}\n{"html":"b"}\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(await linesOf(bytes.slice(0, cut), bytes.slice(cut)), [{ html: "é" }, { html: "b" }]);
  }
});

test("empty lines, which keep the line open, say nothing, and a line that broke off is left out", async () => {
  assert.deepEqual(await linesOf('\n\n{"type":"sentence"}\n', '\n{"type":"do'), [{ type: "sentence" }]);
  assert.deepEqual(await linesOf(), []);
});

// --- settings -------------------------------------------------------------------------------------------------------

test("settings that are not made are left to the server", () => {
  assert.deepEqual(wished({}), { model: null, way: null, passages: null, strictness: null });
  assert.deepEqual(wished({ model: "", passages: "", strictness: "" }), wished({}));
  const made = { model: "openai:small", passages: "12", strictness: "strict" };
  assert.deepEqual(wished(made), { ...made, way: null, passages: 12 });
});

test("the name typed beside a provider is the model's, colons in it too", () => {
  assert.equal(named("openai:default", "large"), "openai:large");
  assert.equal(named("ollama:default", "llama:8b"), "ollama:llama:8b");
  assert.equal(named("ollama:llama:8b"), "ollama:llama:8b");
  assert.equal(named("none", "large"), "none");
  assert.equal(named(""), "");
});

// --- citations ------------------------------------------------------------------------------------------------------

test("citations are stepped through round and round, from either end where none is chosen", () => {
  const steps = [[-1, 1], [-1, -1], [0, 1], [2, 1], [0, -1]].map(([from, by]) => neighbour(from, by, 3));
  assert.deepEqual(steps, [0, 2, 1, 0, 2]);
  assert.equal(neighbour(0, 1, 1), 0);
});

test("the card stands below its chip, above where there is no room, and never over an edge", () => {
  const screen = { width: 400, height: 600 };
  const card = { width: 200, height: 100 };
  assert.deepEqual(beside({ left: 50, top: 80, bottom: 100 }, card, screen), { left: 50, top: 108 });
  assert.deepEqual(beside({ left: 390, top: 560, bottom: 580 }, card, screen), { left: 188, top: 452 });
  assert.deepEqual(beside({ left: -20, top: 40, bottom: 590 }, card, screen), { left: 12, top: 8 });
  assert.equal(beside({ left: 0, top: 0, bottom: 20 }, { width: 500, height: 10 }, screen).left, 12);
});

// --- elements -------------------------------------------------------------------------------------------------------

test("an element is made with properties, attributes and text that stays text", () => {
  const button = make("button", { type: "button", className: "r-tool", "aria-label": "Close" }, "<b>×</b>");
  assert.equal(button.outerHTML, '<button type="button" class="r-tool" aria-label="Close">&lt;b&gt;×&lt;/b&gt;</button>');
});

test("an element that should be there and is not is named", () => {
  assert.throws(() => the("#r-status p"), { message: "The page has no #r-status p." });
});

test("what had the focus in the list of records is found again in the list drawn anew", () => {
  const list = '<li data-record=\'a"b\'><details><summary></summary><button data-only="1"></button></details></li><a></a>';
  const page = openPage(list);
  for (const selector of ["button", "summary"]) {
    assert.equal(page.querySelector(whereIs(page.querySelector(selector))), page.querySelector(selector));
  }
  assert.equal(whereIs(page.querySelector("a")), null);
});

test("filters that are on are shown as text, a document by its title, and go when they are pressed", () => {
  const page = openPage(
    '<button id="r-show-filters"><span></span></button><i id="r-chosen"></i><dialog id="r-filters"></dialog><b id="r-mode"></b><b id="r-quotes-only"></b><small id="r-goes"></small>',
  );
  page.querySelector("dialog").close = () => {};
  learn({ words: { "filter.speaker": "Speaker", "filter.document": "Document", "filter.drop": "Drop {what}" }, language: "en" });
  keep("sessionStorage", "onrecord.only", { title: "Minutes" });
  state.filters = { speaker: "<i>Norway</i>", document: "d1" };
  showFilters();
  const shown = () => [...page.querySelectorAll("#r-chosen button span")].map((span) => span.textContent);
  assert.deepEqual(shown(), ["Speaker: <i>Norway</i>", "Document: Minutes"]);
  const [first] = page.querySelectorAll("#r-chosen button");
  assert.equal(first.getAttribute("aria-label"), "Drop Speaker: <i>Norway</i>");
  assert.equal(page.querySelector("#r-show-filters span").hidden, true);
  first.click();
  assert.deepEqual(shown(), ["Document: Minutes"]);
  assert.deepEqual(state.filters, { document: "d1" });
});
