// What opens over the page: earlier conversations, settings, filters, export, and why an answer was bad.

import { leave, remember, show, stop, tell } from "./asking.js";
import { all, around, at, first, make } from "./elements.js";
import { address, call, explain, html, json, keep, notice, route, say, state, stored, write } from "./server.js";

/** @typedef {import("./elements.js").DialogId} DialogId */

export const isShut = () => !first("dialog[open]");

const dialogs = () => /** @type {HTMLDialogElement[]} */ (all("dialog"));

/** @type {Partial<Record<DialogId, () => Promise<void>>>} */
const fill = { "r-history": listConversations, "r-settings": listSettings, "r-filters": listFilters };

/** @param {DialogId} id */
export async function openDrawer(id) {
  if (id === "r-export" && !prepareExport()) return;
  for (const other of dialogs()) other.close();
  at(id).showModal();
  try {
    await fill[id]?.();
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

export function wireDrawers() {
  for (const dialog of dialogs()) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || around(event, "[data-shut]")) dialog.close();
    });
  }
  let typing = 0;
  at("r-search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(listConversations, 200);
  });
  at("r-conversations").addEventListener("click", pressedConversation);
  addEventListener("pagehide", () => {
    if (leaving) fetch(route(`page/conversations/${leaving.key}`), { method: "DELETE", keepalive: true });
    leaving = null;
  });
  at("r-choices").addEventListener("change", keepSettings);
  at("r-choices").addEventListener("click", pressedKey);
  at("r-choices").addEventListener("click", lookForModels);
  at("r-choices").addEventListener("submit", (event) => event.preventDefault());
  at("r-filter-form").addEventListener("submit", keepFilters);
  at("r-filter-form").addEventListener("reset", () => confine({}));
  at("r-why-form").addEventListener("submit", (event) => {
    event.preventDefault();
    at("r-why").close();
    tell(at("r-why").dataset.exchange ?? "", "down", entries(at("r-why-form")).reason);
  });
  at("r-share").addEventListener("click", shareConversation);
  at("r-unshare").addEventListener("click", unshareConversation);
  at("r-export").addEventListener("click", (event) => {
    if (around(event, "a")) at("r-export").close();
  });
}

/**
 * What stands in a form, by the names of its fields; none of them is a file.
 * @param {HTMLFormElement} form
 */
const entries = (form) => /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));

// --- earlier conversations ------------------------------------------------------------------------------------------

async function listConversations() {
  const query = { query: at("r-search").value, current: state.conversation };
  at("r-conversations").innerHTML = await html("page/conversations", { query });
  if (leaving) first(`[data-forget="${CSS.escape(leaving.key)}"]`, at("r-conversations"))?.closest("li")?.remove();
}

/** @param {Event} event */
async function pressedConversation(event) {
  const button = around(event, "button");
  if (!button) return;
  const { conversation, forget } = button.dataset;
  if (conversation) {
    at("r-history").close();
    await stop();
    await openConversation(conversation);
  } else if (forget) {
    await forgetSoon(forget, button.closest("li"));
  }
}

const UNDO_MS = 8000;
/** @type {{ key: string, clock: number } | null} */
let leaving = null; // the conversation that is removed unless the reader undoes it

/**
 * Takes a conversation out of the list, and a moment later off the server; until then it can be undone.
 * @param {string} key
 * @param {Element | null} item
 */
async function forgetSoon(key, item) {
  await forgetNow();
  const title = item?.querySelector(".r-past span")?.textContent ?? "";
  const wasOpen = key === state.conversation;
  leaving = { key, clock: setTimeout(forgetNow, UNDO_MS) };
  item?.remove();
  if (wasOpen) leave();
  const undo = make("button", { type: "button", className: "r-tool", textContent: say("history.undo") });
  undo.onclick = async () => {
    clearTimeout(leaving?.clock);
    leaving = null;
    at("r-undo").replaceChildren();
    if (wasOpen) await openConversation(key);
    await listConversations();
    at("r-search").focus();
  };
  at("r-undo").replaceChildren(say("history.removed", { title }), " ", undo);
  undo.focus();
}

// Removes what is leaving; what cannot be removed comes back into the list.
async function forgetNow() {
  if (!leaving) return;
  const { key, clock } = leaving;
  clearTimeout(clock);
  leaving = null;
  at("r-undo").replaceChildren();
  try {
    await call(`page/conversations/${key}`, { method: "DELETE" });
  } catch (error) {
    notice(explain(error), { urgent: true });
    await listConversations();
  }
}

/** @param {string} conversation */
export async function openConversation(conversation) {
  const told = await json("page/start", { query: { conversation } });
  if (told.missing) return notice(say("history.missing"), { urgent: true });
  state.conversation = told.conversation;
  history.replaceState(null, "", address({ conversation: told.conversation }));
  show(told.html);
}

// --- settings -------------------------------------------------------------------------------------------------------

async function listSettings() {
  at("r-choices").innerHTML = await html("page/settings", { query: state.settings });
}

function keepSettings() {
  const { model = "", way = "", passages = "", strictness = "", style = "" } = entries(at("r-choices"));
  const goes = first("[name=model]:checked", at("r-choices"))?.dataset.goes ?? "";
  const name = /** @type {HTMLInputElement | null} */ (
    first(`[data-name-of="${CSS.escape(providerOf(model))}"]`, at("r-choices"))
  );
  state.settings = { model: named(model, name?.value), way, passages, strictness, style, goes };
  remember();
  showMode();
}

/** @param {string} model */
const providerOf = (model) => model.split(":")[0];

/**
 * A model as "provider:name", with the name typed beside it if there is one.
 * @param {string} model
 */
export function named(model, name = "") {
  return name && model.includes(":") ? `${providerOf(model)}:${name}` : model;
}

/**
 * The key typed for a provider.
 * @param {string} provider
 */
function keyOf(provider) {
  const field = /** @type {HTMLInputElement | null} */ (first(`[data-key-of="${provider}"]`, at("r-choices")));
  return field?.value ?? "";
}

/**
 * A key goes to the server, which keeps it in memory; the page forgets it at once.
 * @param {Event} event
 */
async function pressedKey(event) {
  const { keepKey, forgetKey } = around(event, "button")?.dataset ?? {};
  const provider = keepKey ?? forgetKey;
  if (!provider) return;
  const key = keepKey ? keyOf(provider) : "";
  try {
    await call("page/key", { method: "POST", body: { provider, key } });
    if (forgetKey && state.settings.model?.startsWith(`${provider}:`)) state.settings.model = "none";
    remember();
    showMode();
    await listSettings();
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

/**
 * Has the server look for models on its machine; the button that was pressed is there anew.
 * @param {Event} event
 */
async function lookForModels(event) {
  if (!around(event, "[data-look-for-models]")) return;
  try {
    await call("page/models", { method: "POST" });
    await listSettings();
    first("[data-look-for-models]", at("r-choices"))?.focus();
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

export function showMode() {
  const model = state.settings.model || state.model;
  const shown = model === "none" ? say("mode.quotes") : model;
  at("r-mode").textContent = shown;
  at("r-mode").setAttribute("aria-label", `${shown}. ${say("mode.label")}`);
  at("r-quotes-only").hidden = model === "none";
  at("r-goes").hidden = model === "none";
  at("r-goes").textContent = state.settings.model ? (state.settings.goes ?? "") : state.goes;
}

// From now on no language model answers, until one is chosen again.
export function quotesOnly() {
  state.settings = { ...state.settings, model: "none", goes: "" };
  remember();
  showMode();
  at("r-mode").focus();
}

// --- filters --------------------------------------------------------------------------------------------------------

async function listFilters() {
  at("r-filter-fields").innerHTML = await html("page/filters", { query: state.filters });
}

/** @param {Event} event */
function keepFilters(event) {
  event.preventDefault();
  const choice = /** @type {HTMLSelectElement | null} */ (first("[name=document]", at("r-filter-fields")));
  const given = Object.entries(entries(at("r-filter-form"))).filter(([, value]) => value.trim());
  confine(Object.fromEntries(given), choice?.selectedOptions[0]?.textContent ?? "");
}

/**
 * Confines the conversation from here on, and shows to what.
 * @param {Record<string, string>} filters
 */
export function confine(filters, title = "") {
  state.filters = filters;
  if (title && filters.document) keep("sessionStorage", "onrecord.only", { title });
  remember();
  at("r-filters").close();
  showFilters();
}

export function showFilters() {
  const names = Object.entries(state.filters);
  first("span", at("r-show-filters"))?.toggleAttribute("hidden", names.length > 0);
  at("r-chosen").replaceChildren(...names.map(([name, value]) => filterButton(name, value)));
}

/**
 * A filter that is on; a press takes it away.
 * @param {string} name
 * @param {string} value
 */
function filterButton(name, value) {
  const shown = name === "document" ? stored("sessionStorage", "onrecord.only").title || value : value;
  const what = `${say(`filter.${name}`)}: ${shown}`;
  const button = make("button", { type: "button", className: "r-filter", "aria-label": say("filter.drop", { what }) });
  button.append(make("span", { textContent: what }), "×");
  button.onclick = () => {
    const { [name]: _, ...rest } = state.filters;
    confine(rest);
    at("r-show-filters").focus();
  };
  return button;
}

// --- export ---------------------------------------------------------------------------------------------------------

// Copies a link that opens the conversation to others for some days.
async function shareConversation() {
  at("r-export").close();
  try {
    const { conversation, ends } = await json(`page/conversations/${state.conversation}/links`, { method: "POST" });
    const copied = await write(address({ conversation }));
    notice(copied ? say("export.link.copied", { date: ends }) : say("copy.failed"));
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

async function unshareConversation() {
  at("r-export").close();
  try {
    await call(`page/conversations/${state.conversation}/links`, { method: "DELETE" });
    notice(say("export.unlink.done"));
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
}

function prepareExport() {
  if (!state.conversation) {
    notice(say("export.nothing"), { urgent: true });
    return false;
  }
  for (const link of /** @type {HTMLAnchorElement[]} */ (all("[data-format]", at("r-export")))) {
    link.href = route(`page/conversations/${state.conversation}/export.${link.dataset.format}`, { style: state.settings.style });
    link.download = "";
  }
  return true;
}
