// The library pane: files dropped or chosen go up with their progress, addresses too; what is read is listed.

import { confine } from "./drawers.js";
import { all, around, at, first, make, the } from "./elements.js";
import { call, explain, html, json, notice, reason, route, say } from "./server.js";

/**
 * A file on its way, and where that is shown.
 * @typedef {{ file: File, item: HTMLLIElement, bar: HTMLProgressElement, said: HTMLElement }} Upload
 */

const EVERY_MS = 1000;
const WAIT_MS = 3000; // until a file is sent again that came too soon after others
const SENT_AT_ONCE = 2;
/** @type {Upload[]} */
const waiting = [];
let sending = 0;
let clock = 0;
let held = -1; // how many documents the library held when last looked at

// --- what is being read ---------------------------------------------------------------------------------------------

// Shows how far reading is, now and every second while it goes on.
export async function watchReading() {
  clearTimeout(clock);
  let status;
  try {
    status = await json("page/status");
  } catch {
    clock = setTimeout(watchReading, 5 * EVERY_MS);
    return;
  }
  const line = the("p", at("r-status"));
  if (line.innerHTML !== status.html) line.innerHTML = status.html;
  for (const item of all("[data-sent]", at("r-uploads"))) {
    if (!status.running || !status.waiting.includes(item.dataset.sent)) item.remove();
  }
  if (status.documents !== held || !status.running) {
    held = status.documents;
    welcome();
  }
  if (at("r-records").open) await list();
  if (status.running) clock = setTimeout(watchReading, EVERY_MS);
}

export async function welcome() {
  if (at("r-log").childElementCount) return;
  at("r-welcome").innerHTML = await html("page/welcome").catch(() => at("r-welcome").innerHTML);
}

export async function list() {
  const box = at("r-listed");
  const unfolded = new Set(all("details[open]", box).map(recordOf));
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const fresh = await html("page/records");
  if (box.dataset.shown === fresh || first("[data-sure]", box)) return;
  box.dataset.shown = fresh;
  const path = focused && whereIs(focused);
  box.innerHTML = fresh;
  for (const key of unfolded) first(`[data-record="${CSS.escape(key)}"] details`, box)?.setAttribute("open", "");
  for (const tick of ticks()) tick.checked = ticked.has(tick.value);
  arrange();
  if (path) first(path, box)?.focus();
}

// --- finding and ticking --------------------------------------------------------------------------------------------

/** @type {Set<string>} */
const ticked = new Set(); // the records to be asked, by id

const ticks = () => /** @type {HTMLInputElement[]} */ (all(".r-tick", at("r-listed")));

// Shows the records that fit what is searched for, in the order chosen, and how many are ticked.
function arrange() {
  const items = all("[data-record]", at("r-listed"));
  const wanted = at("r-find").value.toLocaleLowerCase().split(/\s+/);
  for (const item of items) {
    const { title = "", date = "", symbol = "" } = item.dataset;
    const named = `${title} ${date} ${symbol} ${item.textContent}`.toLocaleLowerCase();
    item.hidden = !wanted.every((word) => named.includes(word));
  }
  for (const item of inOrder(items, at("r-sort").value)) item.parentElement?.append(item);
  at("r-none-fits").hidden = !items.length || items.some((item) => !item.hidden);
  const there = new Set(items.map(recordOf));
  for (const key of ticked) if (!there.has(key)) ticked.delete(key);
  at("r-ask-ticked").hidden = !ticked.size;
  at("r-ask-ticked").textContent = say("records.ask_ticked", { count: ticked.size });
}

/**
 * Records by "title", "date" (the latest first), "symbol", or "file", as they came; what has none comes last.
 * @param {HTMLElement[]} items
 * @param {string} by
 */
export function inOrder(items, by) {
  items.forEach((item, place) => {
    item.dataset.place ??= String(place);
  });
  const value = (/** @type {HTMLElement} */ item) => item.dataset[by] ?? "";
  const compared = (/** @type {HTMLElement} */ one, /** @type {HTMLElement} */ other) => {
    if (by === "file") return Number(one.dataset.place) - Number(other.dataset.place);
    if (!value(one) || !value(other)) return Number(!value(one)) - Number(!value(other));
    const order = value(one).localeCompare(value(other), undefined, { numeric: true, sensitivity: "base" });
    return by === "date" ? -order : order;
  };
  return [...items].sort(compared);
}

function askTicked() {
  const titles = all("[data-record]", at("r-listed")).filter((item) => ticked.has(recordOf(item)));
  const title = titles.length > 1 ? say("filter.documents", { count: titles.length }) : titles[0]?.dataset.title;
  confine({ document: [...ticked].join(",") }, title);
  at("r-records").close();
}

/** @param {Element} node */
const recordOf = (node) => node.closest("[data-record]")?.getAttribute("data-record") ?? "";

/**
 * A selector that finds what had the focus after the list was drawn anew.
 * @param {Element} node
 */
export function whereIs(node) {
  const record = recordOf(node);
  if (!record) return null;
  if (node.matches(".r-tick")) return `[data-record="${CSS.escape(record)}"] .r-tick`;
  const name = ["data-remove", "data-only", "data-document"].find((one) => node.hasAttribute(one));
  return `[data-record="${CSS.escape(record)}"] ${name ? `[${name}]` : "summary"}`;
}

// --- putting in, taking out -----------------------------------------------------------------------------------------

/** @param {() => void} openRecords */
export function wireRecords(openRecords) {
  at("r-files").addEventListener("change", () => {
    send([...(at("r-files").files ?? [])]);
    at("r-files").value = "";
  });
  at("r-add").addEventListener("submit", addAddress);
  at("r-listed").addEventListener("toggle", unfold, true);
  at("r-listed").addEventListener("click", (event) => {
    const button = around(event, "button");
    if (button?.dataset.remove) remove(button);
    else if (button?.dataset.only) only(button);
  });
  at("r-listed").addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.checked) ticked.add(target.value);
    else ticked.delete(target.value);
    arrange();
  });
  at("r-find").addEventListener("input", arrange);
  at("r-sort").addEventListener("change", arrange);
  at("r-ask-ticked").addEventListener("click", askTicked);
  wireDropping(openRecords);
}

/** @param {DragEvent} event */
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;

/** @param {() => void} openRecords */
function wireDropping(openRecords) {
  let inside = 0;
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event) && ++inside) document.body.toggleAttribute("data-dropping", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --inside <= 0) document.body.toggleAttribute("data-dropping", false);
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    document.body.toggleAttribute("data-dropping", false);
    if (!at("r-records").open) openRecords();
    send([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {File[]} files */
function send(files) {
  for (const file of files) {
    const bar = make("progress", { max: 100, value: 0, "aria-label": file.name });
    const said = make("small");
    const item = make("li", {}, make("span", { textContent: file.name }), bar, said);
    at("r-uploads").append(item);
    waiting.push({ file, item, bar, said });
  }
  next();
}

function next() {
  while (sending < SENT_AT_ONCE) {
    const upload = waiting.shift();
    if (!upload) return;
    sending++;
    put(upload).finally(() => {
      sending--;
      next();
    });
  }
}

/**
 * One file, by the only means that tells how far it is.
 * @param {Upload} upload
 * @returns {Promise<void>}
 */
function put({ file, item, bar, said }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const start = () => {
      request.open("PUT", route("page/records/file", { name: file.name }));
      request.send(file);
    };
    request.upload.onprogress = (event) => {
      bar.value = (100 * event.loaded) / (event.total || 1);
      said.textContent = say("records.sending", { percent: Math.round(bar.value) });
    };
    request.onloadend = () => {
      if (request.status === 429) return setTimeout(start, WAIT_MS);
      bar.hidden = true;
      const done = request.status === 202;
      const why = () => (request.status ? reason(request.status, request.responseText) : say("reading.unreachable"));
      said.textContent = done ? say("records.sent") : say("records.not_sent", { reason: why() });
      item.setAttribute(done ? "data-sent" : "data-failed", done ? request.responseText : "");
      watchReading();
      resolve();
    };
    start();
  });
}

/** @param {Event} event */
async function addAddress(event) {
  event.preventDefault();
  try {
    await call("page/records/address", { method: "POST", body: { address: at("r-address").value } });
    at("r-address").value = "";
    watchReading();
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

/**
 * What reading found in a document is fetched when its entry is unfolded.
 * @param {Event} event
 */
async function unfold({ target }) {
  if (!(target instanceof HTMLDetailsElement) || !target.open) return;
  const box = first(".r-details", target);
  if (!box || box.childElementCount) return;
  box.innerHTML = await html(`page/records/${recordOf(target)}`).catch(() => "");
}

/**
 * The first press asks, the second removes.
 * @param {HTMLElement} button
 */
async function remove(button) {
  if (!button.hasAttribute("data-sure")) {
    button.toggleAttribute("data-sure", true);
    button.textContent = say("records.remove.sure");
    const calm = () => {
      button.removeAttribute("data-sure");
      button.textContent = say("records.remove");
    };
    button.addEventListener("blur", calm, { once: true });
    return;
  }
  button.removeAttribute("data-sure");
  await call(`page/records/${button.dataset.remove}`, { method: "DELETE" }).catch((error) => notice(explain(error)));
  setTimeout(watchReading, 300);
  watchReading();
}

/** @param {HTMLElement} button */
function only(button) {
  const title = button.closest("details")?.querySelector(".r-title")?.textContent ?? "";
  confine({ document: button.dataset.only ?? "" }, title);
  at("r-records").close();
}
