// Where the page begins: once Gradio has put up the frame, the words, the conversation and what listens to people.

import { act, ask, isBusy, renew, show, stop } from "./asking.js";
import { isShut, openDrawer, showFilters, showMode, wireDrawers } from "./drawers.js";
import { close, isOpen, look, open, point, share, step, unhover, watchHover } from "./reading.js";
import { list, watchReading, welcome, wireRecords } from "./records.js";
import { at, copy, json, keep, learn, notice, say, state, stored, translate } from "./server.js";

const NEEDED = ["#r-tools button", "#r-log", "#r-welcome", "#r-box textarea", "#r-mode", "#r-pane", "#r-keys"];
const asked = new URLSearchParams(location.search);
const box = () => document.querySelector("#r-box textarea");

// The box may be used before the rest has come; what is asked then waits for it.
let begun;
const ready = new Promise((resolve) => (begun = resolve));
window.rapporteur = {
  ask: (question) => {
    if (begun) ready.then(() => ask(question));
    else return ask(question);
    return "";
  },
};

state.library = asked.get("library") ?? "";
const told = json("page/start", { query: { conversation: asked.get("conversation") } });

function frame() {
  return NEEDED.every((selector) => document.querySelector(selector));
}

const watching = new MutationObserver(() => frame() && begin());
watching.observe(document.documentElement, { childList: true, subtree: true });
if (frame()) begin();

async function begin() {
  watching.disconnect();
  document.addEventListener("click", press);
  document.addEventListener("keydown", key);
  document.addEventListener("r-settled", point);
  document.addEventListener("r-emptied", welcome);
  at("r-letters").checked = !stored(localStorage, "rapporteur.letters").off;
  wireDrawers();
  wireRecords(openRecords);
  watchHover();
  let start;
  try {
    start = await told;
  } catch {
    return notice("The server does not answer. Is it still running?", { stays: true, urgent: true });
  }
  learn(start);
  translate();
  box().setAttribute("aria-label", say("ask.label"));
  box().placeholder = say("ask.hint");
  document.querySelector("#r-box button")?.setAttribute("aria-label", say("ask.send"));
  at("r-sign-out").hidden = !start.signed_in;
  state.library = start.library;
  state.model = start.model;
  state.conversation = start.conversation;
  libraries(start.libraries);
  showMode();
  showFilters();
  show(start.html);
  if (start.missing) notice(say("history.missing"), { urgent: true });
  if (asked.get("read")) {
    const [start, end, version] = ["start", "end", "of"].map((name) => asked.get(name) ?? "");
    open({ document: asked.get("read"), start, end, version });
  }
  begun?.();
  begun = null;
  document.body.toggleAttribute("data-ready", true);
  watchReading();
  addEventListener("focus", watchReading);
}

function libraries(offered) {
  const choice = at("r-library");
  choice.hidden = offered.length < 2;
  choice.replaceChildren(...offered.map(({ key, name }) => new Option(name, key, false, key === state.library)));
  choice.onchange = () => location.assign(`?library=${encodeURIComponent(choice.value)}`);
}

async function openRecords() {
  await openDrawer("r-records");
  await list();
  watchReading();
}

const shown = {
  "r-new": renew,
  "r-show-history": () => openDrawer("r-history"),
  "r-show-records": openRecords,
  "r-show-export": () => openDrawer("r-export"),
  "r-show-settings": () => openDrawer("r-settings"),
  "r-show-keys": () => openDrawer("r-keys"),
  "r-show-filters": () => openDrawer("r-filters"),
  "r-mode": () => openDrawer("r-settings"),
};

function press(event) {
  const button = event.target.closest?.("button");
  if (!button) return;
  const { dataset } = button;
  if (shown[button.id]) shown[button.id]();
  else if (dataset.show) openRecords();
  else if (dataset.document) read(button);
  else if (dataset.copy) copy(button, dataset.copy);
  else if (dataset.link) share(button);
  else if (dataset.view) look(dataset.view);
  else if (dataset.turn) look("sheet", dataset.turn);
  else if (dataset.question) ask(dataset.question);
  else if (dataset.do) act(button);
  else if (button.classList.contains("r-close") && button.closest("#r-pane")) close();
}

function read(button) {
  button.closest("dialog")?.close();
  unhover();
  open(button.dataset, button);
}

// --- keyboard -------------------------------------------------------------------------------------------------------

const letters = {
  "/": () => box().focus(),
  j: () => step(1),
  k: () => step(-1),
  n: renew,
  h: shown["r-show-history"],
  l: openRecords,
  f: shown["r-show-filters"],
  e: shown["r-show-export"],
  s: shown["r-show-settings"],
  "?": shown["r-show-keys"],
};

function key(event) {
  if (event.key === "Escape") return escape(event);
  // A field of a dialog just closed keeps the focus until the next frame.
  const typing = event.target.matches?.("input, textarea, select") && !event.target.closest("dialog:not([open])");
  if (event.ctrlKey || event.metaKey || event.altKey || !isShut()) return;
  const helps = event.key === "?" && event.target === box() && !box().value;
  if ((typing && !helps) || (!helps && at("r-letters").checked === false)) return;
  const act = letters[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function escape(event) {
  if (!isShut()) return; // the browser closes the dialog
  if (unhover()) return;
  if (isBusy()) stop();
  else if (isOpen()) close();
  else if (event.target === box()) box().blur();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "r-letters") keep(localStorage, "rapporteur.letters", { off: !event.target.checked });
});
