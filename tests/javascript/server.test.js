// Addresses, words, what a browser keeps, and what people are told when asking fails.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { openPage } from "./browser.js";

openPage();
const { address, call, explain, keep, learn, Refused, route, say, state, stored, translate } = await import(
  "#page/server.js"
);

beforeEach(() => {
  openPage('<div id="r-notice"></div>');
  state.library = "";
});

test("an address of the server carries what is asked, escaped, and leaves out what is empty", () => {
  const query = { start: 0, end: "", version: undefined, page: null, name: "a&b=ä #1.txt" };
  assert.equal(route("page/records/file", query), "page/records/file?start=0&name=a%26b%3D%C3%A4+%231.txt");
});

test("an address of the server names the library where it is not the first", () => {
  state.library = "second/one";
  assert.equal(route("page/status"), "page/status?library=second%2Fone");
});

test("an address of the page leads to the same library, and drops what the page was opened with", () => {
  openPage("", { url: "http://records.example/chat?library=minutes&read=old" });
  const shared = new URL(address({ read: "d&1", start: "4", end: "", of: undefined }));
  assert.equal(shared.pathname, "/chat");
  assert.deepEqual(Object.fromEntries(shared.searchParams), { library: "minutes", read: "d&1", start: "4" });
});

test("words take their values, and a key without words stands for itself", () => {
  const page = openPage();
  learn({ words: { sent: "{percent} % of {name}", "filter.drop": "Drop {what}" }, language: "fr" });
  assert.equal(say("sent", { percent: 0, name: "{percent}" }), "0 % of {percent}");
  assert.equal(say("filter.drop"), "Drop ");
  assert.equal(say("no.such.key"), "no.such.key");
  assert.equal(page.documentElement.lang, "fr");
});

test("words go into the frame as text, into labels and into hints", () => {
  const page = openPage('<p data-say="a"></p><b data-label="b">×</b><i data-label="none" aria-label="kept"></i><input data-hint="c">');
  learn({ words: { a: "<img src=x>", b: "Close", c: "Search" }, language: "en" });
  translate();
  assert.equal(page.querySelector("p").textContent, "<img src=x>");
  assert.equal(page.querySelector("img"), null);
  assert.equal(page.querySelector("b").getAttribute("aria-label"), "Close");
  assert.equal(page.querySelector("i").getAttribute("aria-label"), "kept");
  assert.equal(page.querySelector("input").placeholder, "Search");
});

test("what is kept is there again, and what is broken or missing is nothing", () => {
  keep("localStorage", "settings", { model: "none" });
  assert.deepEqual(stored("localStorage", "settings"), { model: "none" });
  localStorage.setItem("settings", "{broken");
  assert.deepEqual(stored("localStorage", "settings"), {});
  localStorage.setItem("settings", "null");
  assert.deepEqual(stored("localStorage", "settings"), {});
  assert.deepEqual(stored("sessionStorage", "filters"), {});
});

test("a browser that keeps nothing, and refuses even the name of its storage, does not stop the page", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  Object.defineProperty(globalThis, "localStorage", { get: refuse, configurable: true });
  assert.deepEqual(stored("localStorage", "settings"), {});
  keep("localStorage", "settings", {});
});

/** A fetch that answers this. */
const answering = (status, body) => async () => new Response(body, { status });

test("asking sends JSON, and gives the reply", async () => {
  let seen;
  openPage("", { fetch: async (...sent) => (seen = sent) && new Response("yes") });
  const reply = await call("page/key", { method: "POST", body: { key: "ä" } });
  assert.equal(await reply.text(), "yes");
  const [to, { method, headers, body }] = seen;
  assert.deepEqual([to, method, headers["Content-Type"], body], ["page/key?", "POST", "application/json", '{"key":"ä"}']);
});

test("a refusal is told in the server's words where they are for people, else by its number", async () => {
  learn({ words: { "failed.request": "failed ({reason})", "reading.unreachable": "unreachable" }, language: "en" });
  const told = async (status, body) => {
    openPage("", { fetch: answering(status, body) });
    return call("page/ask").catch((error) => [error instanceof Refused, explain(error)]);
  };
  assert.deepEqual(await told(409, '{"detail":"Still being read."}'), [true, "Still being read."]);
  assert.deepEqual(await told(422, '{"detail":[{"loc":"body"}]}'), [true, "failed (422)"]);
  assert.deepEqual(await told(413, "Too large."), [true, "Too large."]);
  assert.deepEqual(await told(502, "<html>".repeat(100)), [true, "failed (502)"]);
  assert.deepEqual(await told(500, ""), [true, "failed (500)"]);
  assert.equal(explain(new TypeError("Failed to fetch")), "unreachable");
});

test("what a browser kept under the earlier name is found, until it is kept anew", () => {
  openPage();
  localStorage.setItem("rapporteur.settings", '{"model":"ollama:llama3.2"}');
  assert.deepEqual(stored("localStorage", "onrecord.settings"), { model: "ollama:llama3.2" });
  keep("localStorage", "onrecord.settings", { model: "none" });
  assert.deepEqual(stored("localStorage", "onrecord.settings"), { model: "none" });
});
