// Where the page begins: once Gradio has put up the frame, the words, the conversation and what listens to people.

import { act, ask, isBusy, renew, show, stop } from "./asking.js";
import { wireChecking } from "./checking.js";
import { isShut, openDrawer, quotesOnly, showFilters, showMode, wireDrawers } from "./drawers.js";
import { around, at, first, make, questionBox } from "./elements.js";
import { commandOf } from "./keyboard.js";
import { close, isOpen, look, open, overview, point, share, step, unhover, visit, watchHover } from "./reading.js";
import { list, watchReading, welcome, wireRecords } from "./records.js";
import { call, copy, explain, html, json, keep, learn, notice, route, say, state, stored, translate } from "./server.js";

/** @typedef {import("./server.js").Start} Start */

const NEEDED = ["#r-tools button", "#r-log", "#r-welcome", "#r-box textarea", "#r-mode", "#r-pane", "#r-keys"];
const asked = new URLSearchParams(location.search);

/** @type {(() => void) | null} */
let begun;
const ready = new Promise((resolve) => {
  begun = () => resolve(undefined);
});

/**
 * What the question box calls; it gives what is to stand in the box afterwards. The box may be used before the rest has
 * come; what is asked then waits for it.
 * @param {string} question
 */
export function submit(question) {
  if (!begun) return ask(question);
  ready.then(() => ask(question));
  return "";
}

state.library = asked.get("library") ?? "";
const told = json("page/start", { query: { conversation: asked.get("conversation") } });

function frame() {
  return NEEDED.every((selector) => document.querySelector(selector));
}

const watching = new MutationObserver(() => {
  if (frame()) begin();
});
watching.observe(document.documentElement, { childList: true, subtree: true });
if (frame()) begin();

async function begin() {
  watching.disconnect();
  document.addEventListener("click", press);
  document.addEventListener("keydown", key);
  document.addEventListener("r-settled", point);
  document.addEventListener("r-emptied", welcome);
  at("r-letters").checked = !stored("localStorage", "onrecord.letters").off;
  wireDrawers();
  wireRecords(openRecords);
  wireChecking();
  watchHover();
  let start;
  try {
    start = await told;
  } catch {
    return notice("The server does not answer. Is it still running?", { stays: true, urgent: true });
  }
  fill(start);
  begun?.();
  begun = null;
  document.body.toggleAttribute("data-ready", true);
  watchReading();
  addEventListener("focus", watchReading);
}

// Puts what the server told into the frame.
/** @param {Start} start */
function fill(start) {
  learn(start);
  translate();
  questionBox().setAttribute("aria-label", say("ask.label"));
  questionBox().placeholder = say("ask.hint");
  first("#r-box button")?.setAttribute("aria-label", say("ask.send"));
  at("r-sign-out").hidden = !start.signed_in;
  at("r-account").hidden = !start.has_password;
  state.library = start.library;
  state.model = start.model;
  state.goes = start.goes;
  state.conversation = start.conversation;
  libraries(start.libraries);
  showMode();
  showFilters();
  show(start.html);
  if (start.missing) notice(say("history.missing"), { urgent: true });
  const id = asked.get("read");
  if (id) {
    const [from, end, version] = ["start", "end", "of"].map((name) => asked.get(name) ?? "");
    open({ document: id, start: from, end, version });
  }
}

/** @param {Start["libraries"]} offered */
function libraries(offered) {
  const choice = at("r-library");
  choice.hidden = offered.length < 2;
  choice.replaceChildren(...offered.map((one) => new Option(one.name, one.key, false, one.key === state.library)));
  choice.onchange = () => location.assign(`?library=${encodeURIComponent(choice.value)}`);
}

async function openRecords() {
  await openDrawer("r-records");
  await list();
  watchReading();
}

/** @type {Record<string, () => void>} */
const shown = {
  "r-new": renew,
  "r-show-history": () => openDrawer("r-history"),
  "r-show-records": openRecords,
  "r-show-check": () => openDrawer("r-check"),
  "r-show-export": () => openDrawer("r-export"),
  "r-show-settings": () => openDrawer("r-settings"),
  "r-show-keys": () => openDrawer("r-keys"),
  "r-show-filters": () => openDrawer("r-filters"),
  "r-mode": () => openDrawer("r-settings"),
  "r-quotes-only": quotesOnly,
};

/**
 * What a press does, by the data that the button carries.
 * @type {Record<string, (value: string, button: HTMLElement) => void>}
 */
const presses = {
  show: () => openRecords(),
  compare: (id) => visit(`page/compare/${encodeURIComponent(id)}`),
  older: (id, button) => compare(id, button.dataset.newer),
  standing: (id) => visit(`page/since/${encodeURIComponent(id)}`),
  document: (_, button) => read(button),
  keep: (place, button) => keepQuote(place, button),
  copy: async (text, button) => copy(button, await inStyle(text, button.dataset.cite)),
  link: (_, button) => share(button),
  view: (which) => look(which),
  turn: (page) => look("sheet", page),
  question: (question) => ask(question),
  do: (_, button) => act(button),
  length: (_, button) => overview(button),
};

/** @param {Event} event */
function press(event) {
  const link = around(event, "a[data-speaker]");
  if (link instanceof HTMLAnchorElement) {
    link.href = route(`page/speakers/${encodeURIComponent(link.dataset.speaker ?? "")}`);
  }
  const tool = around(event, "a[data-tool]");
  if (tool instanceof HTMLAnchorElement) tool.href = route(tool.dataset.tool ?? "");
  const button = around(event, "button");
  if (!button) return;
  if (shown[button.id]) return shown[button.id]();
  for (const [name, does] of Object.entries(presses)) {
    const value = button.dataset[name];
    if (value) return does(value, button);
  }
  if (button.matches("#r-pane .r-close")) close();
}

/**
 * Puts a quote into the notebook; its button and the notice say so.
 * @param {string} place
 * @param {HTMLElement} button
 */
async function keepQuote(place, button) {
  try {
    await call("page/notebook", { method: "POST", query: Object.fromEntries(new URLSearchParams(place)) });
    button.textContent = say("notebook.kept.button");
    button.setAttribute("aria-label", say("notebook.kept"));
    notice(make("a", { href: route("page/notebook"), textContent: say("notebook.kept") }));
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

/**
 * A quote with its reference in the style that the settings name; as it is where the record has changed since.
 * @param {string} text
 * @param {string | undefined} cite
 */
async function inStyle(text, cite) {
  const { style = "plain" } = state.settings;
  if (!cite || style === "plain" || !style) return text;
  try {
    return await html("page/cite", { query: { ...Object.fromEntries(new URLSearchParams(cite)), style } });
  } catch {
    return text;
  }
}

/** @param {HTMLElement} button */
function read(button) {
  button.closest("dialog")?.close();
  unhover();
  open(button.dataset, button);
}

/**
 * @param {string} older
 * @param {string | undefined} newer
 */
function compare(older, newer) {
  visit("page/compare", { a: older, b: newer });
}

document.addEventListener("submit", (event) => {
  const form = around(event, "form[data-versus]");
  if (!form) return;
  event.preventDefault();
  compare(form.querySelector("input")?.value ?? "", form.dataset.versus);
});

// --- keyboard -------------------------------------------------------------------------------------------------------

/** @type {Record<string, () => void>} */
const commands = {
  ask: () => questionBox().focus(),
  next: () => step(1),
  previous: () => step(-1),
  new: renew,
  history: shown["r-show-history"],
  records: openRecords,
  check: shown["r-show-check"],
  filters: shown["r-show-filters"],
  export: shown["r-show-export"],
  settings: shown["r-show-settings"],
  keys: shown["r-show-keys"],
};

/** @param {KeyboardEvent} event */
function key(event) {
  if (!isShut()) return; // The browser closes the dialog.
  if (event.key === "Escape") return escape(event);
  // A field of a dialog just closed keeps the focus until the next frame.
  const typing = around(event, "input, textarea, select") !== null && !around(event, "dialog:not([open])");
  const inEmptyBox = event.target === questionBox() && !questionBox().value;
  const command = commandOf(event, { typing, inEmptyBox, letters: at("r-letters").checked });
  if (!command) return;
  event.preventDefault();
  commands[command]();
}

/** @param {KeyboardEvent} event */
function escape({ target }) {
  if (unhover()) return;
  if (isBusy()) stop();
  else if (isOpen()) close();
  else if (target === questionBox()) questionBox().blur();
}

document.addEventListener("change", ({ target }) => {
  if (target === at("r-letters")) keep("localStorage", "onrecord.letters", { off: !at("r-letters").checked });
});
