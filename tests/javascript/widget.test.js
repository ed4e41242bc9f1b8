// The widget: the events of an answer as they come, and what becomes of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { JSDOM } from "jsdom";

import { streamOf } from "./browser.js";

const SCRIPT = readFileSync(createRequire(import.meta.url).resolve("#page/widget.js"), "utf8");
const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const sentence = (text, ...citations) => event("sentence", { sentence: { text }, citations });
const done = event("answer", { answered: true, text: "Norway: “fall”." });

/** A widget on a page, and what its server is asked; the server answers with `replies`, one after the other. */
function widget(...replies) {
  const { window } = new JSDOM('<onrecord-ask server="https://r.example/" key="k"></onrecord-ask>', { runScripts: "outside-only" });
  const asked = [];
  Object.assign(window, {
    TextDecoderStream,
    CSSStyleSheet: class {
      replaceSync() {}
    },
    fetch: async (to, options) => {
      asked.push({ to, ...options, body: JSON.parse(options.body) });
      const reply = replies.shift();
      if (reply instanceof Error) throw reply;
      return reply;
    },
  });
  window.eval(SCRIPT);
  const element = window.document.querySelector("onrecord-ask");
  return { element, asked, answer: () => element.shadowRoot.querySelector(".answer") };
}

test("an answer is read however its events are cut", async () => {
  const bytes = new TextEncoder().encode(sentence("“fällt: ja”") + done);
  for (let cut = 0; cut <= bytes.length; cut += 3) {
    const { element, answer } = widget(new Response(streamOf(bytes.slice(0, cut), bytes.slice(cut))));
    await element.ask("What?");
    assert.equal(answer().textContent, "“fällt: ja”", `cut at ${cut}`);
  }
});

test("a sentence is text, never HTML, and its quotes unfold", async () => {
  const citation = { number: 1, quote: "<img src=x>", label: "HB/1, para. 4" };
  const { element, answer } = widget(new Response(streamOf(": ping\n\n", sentence("<b>bold</b>", citation), done)));
  await element.ask("What?");
  assert.equal(answer().querySelector("b, img"), null);
  const quote = answer().querySelector("blockquote");
  const button = answer().querySelector("button");
  assert.deepEqual([quote.hidden, button.textContent, button.getAttribute("aria-expanded")], [true, "1", "false"]);
  button.click();
  assert.deepEqual([quote.hidden, quote.textContent], [false, "<img src=x>HB/1, para. 4"]);
});

test("a question carries the key and what was said before", async () => {
  const { element, asked } = widget(new Response(streamOf(done)), new Response(streamOf(done)));
  await element.ask("First?");
  await element.ask("  ");
  await element.ask("Second?");
  assert.deepEqual(asked.map(({ to, headers }) => [to, headers.Authorization]), Array(2).fill(["https://r.example/api/ask/stream", "Bearer k"]));
  assert.deepEqual(asked[1].body, { question: "Second?", history: [{ question: "First?", answer: "Norway: “fall”." }] });
});

test("what went wrong is told in the server's words, or in ours where it has none", async () => {
  const ours = "The records cannot be reached just now. Try again later.";
  const cases = [
    [new Response('{"detail":"Too many questions."}', { status: 429 }), "Too many questions."],
    [new Response("<html>", { status: 502 }), "The server answered 502."],
    [new Response(streamOf(sentence("half"), event("problem", { detail: "The library is closed." }))), "The library is closed."],
    [new Response(streamOf(sentence("half"))), ours],
    [new TypeError("Failed to fetch"), ours],
  ];
  for (const [reply, says] of cases) {
    const { element, answer } = widget(reply);
    await element.ask("What?");
    assert.equal(answer().querySelector("[role=alert]").textContent, says);
    assert.equal(element.shadowRoot.querySelector("form button").disabled, false);
  }
});
