// The library pane: files dropped or chosen go up with their progress, addresses too; what is read is listed.

import { confine } from "./drawers.js";
import { at, call, html, json, notice, reason, route, say } from "./server.js";

const EVERY_MS = 1000;
const WAIT_MS = 3000; // until a file is sent again that came too soon after others
const SENT_AT_ONCE = 2;
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
  const line = at("r-status").querySelector("p");
  if (line.innerHTML !== status.html) line.innerHTML = status.html;
  at("r-uploads").querySelectorAll("[data-sent]").forEach((item) => {
    if (!status.running || !status.waiting.includes(item.dataset.sent)) item.remove();
  });
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
  const unfolded = new Set([...box.querySelectorAll("details[open]")].map((one) => one.parentElement.dataset.record));
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const fresh = await html("page/records");
  if (box.dataset.shown === fresh || box.querySelector("[data-sure]")) return;
  box.dataset.shown = fresh;
  const path = focused && whereIs(focused);
  box.innerHTML = fresh;
  for (const key of unfolded) box.querySelector(`[data-record="${CSS.escape(key)}"] details`)?.setAttribute("open", "");
  if (path) box.querySelector(path)?.focus();
}

function whereIs(node) {
  const record = node.closest("[data-record]")?.dataset.record;
  if (!record) return null;
  const name = ["data-remove", "data-only", "data-document"].find((one) => node.hasAttribute(one));
  return `[data-record="${CSS.escape(record)}"] ${name ? `[${name}]` : "summary"}`;
}

// --- putting in, taking out -----------------------------------------------------------------------------------------

export function wireRecords(openDrawer) {
  at("r-files").addEventListener("change", (event) => {
    send([...event.target.files]);
    event.target.value = "";
  });
  at("r-add").addEventListener("submit", addAddress);
  at("r-listed").addEventListener("toggle", unfold, true);
  at("r-listed").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.remove) remove(button);
    else if (button?.dataset.only) only(button);
  });
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let inside = 0;
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event) && ++inside) document.body.toggleAttribute("data-dropping", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --inside <= 0) document.body.toggleAttribute("data-dropping", false);
  });
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    document.body.toggleAttribute("data-dropping", false);
    if (!at("r-records").open) openDrawer("r-records");
    send([...event.dataTransfer.files]);
  });
}

function send(files) {
  for (const file of files) {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: file.name });
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    bar.setAttribute("aria-label", file.name);
    const said = document.createElement("small");
    item.append(name, bar, said);
    at("r-uploads").append(item);
    waiting.push({ file, item, bar, said });
  }
  next();
}

function next() {
  while (sending < SENT_AT_ONCE && waiting.length) {
    sending++;
    put(waiting.shift()).finally(() => {
      sending--;
      next();
    });
  }
}

// One file, by the only means that tells how far it is.
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

async function addAddress(event) {
  event.preventDefault();
  try {
    await call("page/records/address", { method: "POST", body: { address: at("r-address").value } });
    at("r-address").value = "";
    watchReading();
  } catch (error) {
    notice(error.message, { urgent: true });
  }
}

// What reading found in a document is fetched when its entry is unfolded.
async function unfold(event) {
  const box = event.target.querySelector(".r-details");
  if (!event.target.open || !box || box.childElementCount) return;
  const key = event.target.closest("[data-record]").dataset.record;
  box.innerHTML = await html(`page/records/${key}`).catch(() => "");
}

// The first press asks, the second removes.
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
  await call(`page/records/${button.dataset.remove}`, { method: "DELETE" }).catch((error) => notice(error.message));
  setTimeout(watchReading, 300);
  watchReading();
}

function only(button) {
  const title = button.closest("details").querySelector(".r-title").textContent;
  confine({ document: button.dataset.only }, title);
  at("r-records").close();
}
