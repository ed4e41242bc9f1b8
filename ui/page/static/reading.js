// The reading pane: a press on a citation opens its document at the quote, as text or as the printed page.

import { all, around, at, first, make, the } from "./elements.js";
import { address, copy, notice, say, state, told } from "./server.js";

/**
 * A place in a document, as the data of a citation's button names it.
 * @typedef {{ document?: string, start?: string, end?: string, version?: string }} Place
 */

const pane = () => at("r-pane");
const HOVER_MS = 150;
/** @type {Place | null} */
let opened = null; // what is open
/** @type {HTMLElement | null} */
let source = null; // the button it was opened from
let request = 0; // the latest opening; an earlier one that answers later is dropped
let view = "text"; // how a PDF was last looked at

export const isOpen = () => opened !== null;

/**
 * Opens a document at a place; `button` gets the focus back afterwards.
 * @param {Place} place
 * @param {HTMLElement | null} button
 */
export async function open({ document: id, start, end, version }, button = null) {
  const turn = ++request;
  opened = { document: id, start, end, version };
  source = button;
  point();
  pane().setAttribute("aria-busy", "true");
  const markup = await fetched(`reading/${encodeURIComponent(id ?? "")}`, { start, end, version });
  if (turn !== request) return;
  show(markup);
  if (view === "sheet" && first('[data-view="sheet"]', pane())) await look("sheet");
}

/**
 * Shows in the pane what the server has under an address: what changed between two records, and the like.
 * @param {string} path
 * @param {import("./server.js").Query} query
 */
export async function visit(path, query = {}) {
  const turn = ++request;
  opened = {};
  point();
  pane().setAttribute("aria-busy", "true");
  const markup = await fetched(path, query);
  if (turn !== request) return;
  show(markup);
  first(".r-text", pane())?.focus();
}

/**
 * What the server sends for the pane; a refusal is in words for people already.
 * @param {string} path
 * @param {import("./server.js").Query} query
 */
async function fetched(path, query) {
  try {
    return await told(path, query);
  } catch {
    return `<p class="r-error">${say("reading.unreachable")}</p>`;
  }
}

/** @param {string} markup */
function show(markup) {
  pane().innerHTML = markup;
  pane().removeAttribute("data-empty");
  pane().removeAttribute("aria-busy");
  if (!first(".r-close", pane())) {
    pane().prepend(make("button", { type: "button", className: "r-close", "aria-label": say("reading.close") }, "×"));
  }
  document.body.toggleAttribute("data-reading", true);
  const title = first("h2", pane())?.textContent;
  const place = first(".r-locator", pane())?.textContent ?? "";
  at("r-said").textContent = title ? say("reading.opened", { title: place ? `${title}, ${place}` : title }) : pane().textContent;
  settle(first("mark", pane()), first(".r-text", pane()));
}

/**
 * Brings the pane on the screen, and a mark to the middle of what scrolls in it, or its beginning where it is longer.
 * @param {HTMLElement | null} mark
 * @param {HTMLElement | null} box
 */
function settle(mark, box) {
  pane().scrollIntoView({ block: isNarrow() ? "start" : "nearest" });
  if (!mark || !box) return;
  const above = mark.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += above - Math.max((box.clientHeight - mark.offsetHeight) / 2, 12);
}

// On a narrow screen the document stands below the conversation.
const isNarrow = () => getComputedStyle(at("r-main")).display === "block";

/**
 * Shows the text, or a page of the PDF as a picture: the one of the quote, unless another is named.
 * @param {string} which
 * @param {string | null} page
 */
export async function look(which, page = null) {
  view = which;
  const text = the(".r-text", pane());
  for (const button of all("[data-view]", pane())) {
    button.setAttribute("aria-pressed", String(button.dataset.view === which));
  }
  const sheet = first(".r-sheets", pane());
  text.hidden = which === "sheet";
  if (sheet) sheet.hidden = which !== "sheet";
  if (which === "text") settle(first("mark", pane()), text);
  else if (!sheet) await draw(sheetAfter(text), page);
  else if (page !== null) await draw(sheet, page);
}

/** @param {HTMLElement} text */
function sheetAfter(text) {
  const sheet = make("div", { className: "r-sheets", tabIndex: 0, role: "region", "aria-label": say("reading.view_page") });
  text.after(sheet);
  return sheet;
}

/**
 * @param {HTMLElement} sheet
 * @param {string | null} page
 */
async function draw(sheet, page) {
  const turn = request;
  sheet.setAttribute("aria-busy", "true");
  const { document: id, start, end, version } = opened ?? {};
  const markup = await fetched(`page/sheet/${encodeURIComponent(id ?? "")}`, { start, end, version, page });
  if (turn !== request) return;
  sheet.innerHTML = markup;
  sheet.removeAttribute("aria-busy");
  const picture = sheet.querySelector("img");
  if (picture && state.library) picture.src = `${picture.getAttribute("src")}&library=${encodeURIComponent(state.library)}`;
  picture?.addEventListener("load", () => settle(first(".r-lit", sheet) ?? first(".r-turn", sheet), sheet));
}

/**
 * What the open document is about, in its card: brief, usual or full.
 * @param {HTMLElement} button
 */
export async function overview(button) {
  const card = button.closest(".r-card");
  const box = card && first(".r-overview", card);
  if (!box) return;
  for (const other of all("[data-length]", card)) other.setAttribute("aria-pressed", String(other === button));
  box.setAttribute("aria-busy", "true");
  const { ofDocument: id = "", length = "" } = button.dataset;
  const markup = await fetched(`page/overview/${encodeURIComponent(id)}`, { length });
  if (button.getAttribute("aria-pressed") !== "true") return; // another length was asked for meanwhile
  box.innerHTML = markup;
  box.removeAttribute("aria-busy");
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
  for (const other of all("#r-log [aria-current]")) other.removeAttribute("aria-current");
  if (!opened) return;
  const { document: id = "", start, end } = opened;
  for (const other of all(`#r-log [data-document="${CSS.escape(id)}"]`)) {
    if (other.dataset.start === start && other.dataset.end === end) other.setAttribute("aria-current", "true");
  }
}

/**
 * The next citation of the conversation, or the one before.
 * @param {1 | -1} by
 */
export function step(by) {
  const chips = all("#r-log .r-chip");
  if (!chips.length) return;
  const now = chips.findIndex((chip) => chip === (document.activeElement?.closest(".r-chip") ?? source));
  const next = chips[neighbour(now, by, chips.length)];
  next.focus();
  open(next.dataset, next);
}

/**
 * Which of `count` things comes after or before this one, round and round; -1 is none of them.
 * @param {number} index
 * @param {1 | -1} by
 * @param {number} count
 */
export function neighbour(index, by, count) {
  if (index < 0) return by > 0 ? 0 : count - 1;
  return (index + by + count) % count;
}

/** @param {HTMLElement} button */
export function share(button) {
  const { link: read, from: start, to: end, of } = button.dataset;
  copy(button, address({ read, start, end, of }));
  notice(say("link.copied"));
}

// --- what a chip shows when it is pointed at ------------------------------------------------------------------------

const EDGE = 12; // kept free between the card and the sides of the window
const GAP = 8; // between the card and its chip, and above and below
let coming = 0;

export function watchHover() {
  const card = at("r-hover");
  document.body.append(card); // out of everything that could cut it off
  document.addEventListener("pointerover", (event) => {
    const chip = around(event, ".r-chip");
    clearTimeout(coming);
    if (chip && event.pointerType === "mouse") coming = setTimeout(() => hover(chip), HOVER_MS);
    else if (!around(event, "#r-hover")) coming = setTimeout(unhover, HOVER_MS);
  });
  document.addEventListener("focusin", (event) => {
    const chip = around(event, ".r-chip:focus-visible");
    if (chip) hover(chip);
    else unhover();
  });
  document.addEventListener("scroll", unhover, true);
}

/** @param {HTMLElement} chip */
function hover(chip) {
  if (!chip.isConnected) return;
  const card = at("r-hover");
  const { quote, label } = chip.dataset;
  card.replaceChildren(make("q", { textContent: quote }), make("small", { textContent: label }));
  card.hidden = false;
  chip.setAttribute("aria-describedby", "r-hover");
  const size = { width: card.offsetWidth, height: card.offsetHeight };
  const { left, top } = beside(chip.getBoundingClientRect(), size, { width: innerWidth, height: innerHeight });
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}

/**
 * Where a card stands: below its chip, above it where there is no room, and never over the edge of the window.
 * @param {{ left: number, top: number, bottom: number }} chip
 * @param {{ width: number, height: number }} card
 * @param {{ width: number, height: number }} screen
 */
export function beside(chip, card, screen) {
  const below = chip.bottom + GAP;
  const fits = below + card.height < screen.height - GAP;
  return {
    left: Math.max(Math.min(chip.left, screen.width - card.width - EDGE), EDGE),
    top: fits ? below : Math.max(chip.top - card.height - GAP, GAP),
  };
}

export function unhover() {
  clearTimeout(coming);
  const card = at("r-hover");
  if (card.hidden) return false;
  card.hidden = true;
  first("[aria-describedby=r-hover]")?.removeAttribute("aria-describedby");
  return true;
}

