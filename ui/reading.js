// The reading pane: a press on a citation opens its document at the quote, as text or as the printed page.

import { at, address, copy, notice, say, state, told } from "./server.js";

const pane = () => at("r-pane");
const HOVER_MS = 150;
let opened = null; // what is open: {document, start, end, version}
let source = null; // the button it was opened from
let request = 0; // the latest opening; an earlier one that answers later is dropped
let view = "text"; // how a PDF was last looked at

export const isOpen = () => opened !== null;

export async function open(place, button = null) {
  const turn = ++request;
  const { document: id, start, end, version } = place;
  opened = { document: id, start, end, version };
  source = button;
  point();
  pane().setAttribute("aria-busy", "true");
  let markup;
  try {
    markup = await told(`reading/${encodeURIComponent(id)}`, { start, end, version });
  } catch {
    markup = `<p class="r-error">${say("reading.unreachable")}</p>`;
  }
  if (turn !== request) return;
  show(markup);
  if (view === "sheet" && pane().querySelector('[data-view="sheet"]')) await look("sheet");
}

function show(markup) {
  pane().innerHTML = markup;
  pane().removeAttribute("data-empty");
  pane().removeAttribute("aria-busy");
  if (!pane().querySelector(".r-close")) pane().prepend(closing());
  document.body.toggleAttribute("data-reading", true);
  const title = pane().querySelector("h2")?.textContent;
  const place = pane().querySelector(".r-locator")?.textContent ?? "";
  at("r-said").textContent = title ? say("reading.opened", { title: `${title}, ${place}` }) : pane().textContent;
  settle(pane().querySelector("mark"), pane().querySelector(".r-text"));
}

function closing() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "r-close", textContent: "×" });
  button.setAttribute("aria-label", say("reading.close"));
  return button;
}

// Brings the pane on the screen, and a mark to the middle of what scrolls in it, or its beginning where it is longer.
function settle(mark, box) {
  pane().scrollIntoView({ block: isNarrow() ? "start" : "nearest" });
  if (!mark || !box) return;
  const above = mark.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += above - Math.max((box.clientHeight - mark.offsetHeight) / 2, 12);
}

// On a narrow screen the document stands below the conversation.
const isNarrow = () => getComputedStyle(at("r-main")).display === "block";

// Shows the text, or the page of the PDF as a picture.
export async function look(which, page = null) {
  view = which;
  const text = pane().querySelector(".r-text");
  pane().querySelectorAll("[data-view]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.view === which));
  });
  let sheet = pane().querySelector(".r-sheets");
  text.hidden = which === "sheet";
  if (sheet) sheet.hidden = which !== "sheet";
  if (which === "text") return settle(pane().querySelector("mark"), text);
  if (!sheet) {
    sheet = Object.assign(document.createElement("div"), { className: "r-sheets", tabIndex: 0 });
    sheet.setAttribute("role", "region");
    sheet.setAttribute("aria-label", say("reading.view_page"));
    text.after(sheet);
  } else if (page === null) return;
  const turn = request;
  sheet.setAttribute("aria-busy", "true");
  const { document: id, start, end, version } = opened;
  let markup;
  try {
    markup = await told(`page/sheet/${encodeURIComponent(id)}`, { start, end, version, page });
  } catch {
    markup = `<p class="r-error">${say("reading.unreachable")}</p>`;
  }
  if (turn !== request) return;
  sheet.innerHTML = markup;
  sheet.removeAttribute("aria-busy");
  const picture = sheet.querySelector("img");
  if (picture && state.library) picture.src = `${picture.getAttribute("src")}&library=${encodeURIComponent(state.library)}`;
  picture?.addEventListener("load", () => settle(sheet.querySelector(".r-lit") ?? sheet.querySelector(".r-turn"), sheet));
}

export function close() {
  request++;
  opened = null;
  pane().innerHTML = `<p class="r-hint">${say("reading.hint")}</p>`;
  pane().setAttribute("data-empty", "");
  pane().removeAttribute("aria-busy");
  document.body.toggleAttribute("data-reading", false);
  point();
  if (source?.isConnected) source.focus();
  source = null;
}

// Marks every button of the open quote; the conversation is redrawn when an answer is done, so they are found by place.
export function point() {
  document.querySelectorAll("#r-log [aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  if (!opened) return;
  document.querySelectorAll(`#r-log [data-document="${CSS.escape(opened.document)}"]`).forEach((other) => {
    if (other.dataset.start === String(opened.start) && other.dataset.end === String(opened.end))
      other.setAttribute("aria-current", "true");
  });
}

// The next citation of the conversation, or the one before.
export function step(by) {
  const chips = [...document.querySelectorAll("#r-log .r-chip")];
  if (!chips.length) return;
  const now = chips.indexOf(document.activeElement.closest?.(".r-chip") ?? source);
  const next = chips[now < 0 ? (by > 0 ? 0 : chips.length - 1) : (now + by + chips.length) % chips.length];
  next.focus();
  open(next.dataset, next);
}

export function share(button) {
  const { link: read, from: start, to: end, of } = button.dataset;
  copy(button, address({ read, start, end, of }), say("copied"));
  notice(say("link.copied"));
}

// --- what a chip shows when it is pointed at ------------------------------------------------------------------------

let coming = 0;

export function watchHover() {
  const card = at("r-hover");
  document.body.append(card); // out of everything that could cut it off
  document.addEventListener("pointerover", (event) => {
    const chip = event.target.closest?.(".r-chip");
    clearTimeout(coming);
    if (chip && event.pointerType === "mouse") coming = setTimeout(() => hover(chip), HOVER_MS);
    else if (!event.target.closest?.("#r-hover")) coming = setTimeout(unhover, HOVER_MS);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(".r-chip:focus-visible")) hover(event.target);
    else unhover();
  });
  document.addEventListener("scroll", unhover, true);
}

function hover(chip) {
  if (!chip.isConnected) return;
  const card = at("r-hover");
  const quote = Object.assign(document.createElement("q"), { textContent: chip.dataset.quote });
  const label = Object.assign(document.createElement("small"), { textContent: chip.dataset.label });
  card.replaceChildren(quote, label);
  card.hidden = false;
  chip.setAttribute("aria-describedby", "r-hover");
  const box = chip.getBoundingClientRect();
  const left = Math.min(Math.max(box.left, 12), innerWidth - card.offsetWidth - 12);
  const below = box.bottom + 8;
  const fits = below + card.offsetHeight < innerHeight - 8;
  card.style.left = `${Math.max(left, 12)}px`;
  card.style.top = `${fits ? below : Math.max(box.top - card.offsetHeight - 8, 8)}px`;
}

export function unhover() {
  clearTimeout(coming);
  const card = at("r-hover");
  if (card.hidden) return false;
  card.hidden = true;
  document.querySelector("[aria-describedby=r-hover]")?.removeAttribute("aria-describedby");
  return true;
}

