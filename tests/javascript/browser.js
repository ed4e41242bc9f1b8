// A page without a browser, for what the scripts do with elements: jsdom's window, its names made global.

import { JSDOM } from "jsdom";

const NAMES = ["window", "document", "location", "history", "localStorage", "sessionStorage", "FormData", "Event"];
const KINDS = ["Element", "HTMLElement", "HTMLDetailsElement", "Option"];

/** Opens a page with this body; what it is given beyond that is put in place of what a browser has. */
export function openPage(body = "", { url = "http://records.example/chat", ...others } = {}) {
  const { window } = new JSDOM(`<!doctype html><html><body>${body}</body></html>`, { url });
  const given = Object.fromEntries([...NAMES, ...KINDS].map((name) => [name, window[name]]));
  const css = { escape: (text) => text.replace(/[^\w-]/g, "\\$&") }; // jsdom has none
  for (const [name, value] of Object.entries({ ...given, CSS: css, ...others })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return window.document;
}

/** What a server sends: these pieces, as bytes. */
export function streamOf(...pieces) {
  const bytes = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  return new ReadableStream({
    start(controller) {
      for (const piece of bytes) controller.enqueue(piece);
      controller.close();
    },
  });
}
