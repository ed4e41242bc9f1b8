// What opens over the page: earlier conversations, settings, filters, export, and why an answer was bad.

import { leave, remember, show, stop, tell } from "./asking.js";
import { at, address, call, html, json, notice, say, state, write } from "./server.js";

export const isShut = () => !document.querySelector("dialog[open]");

const fill = { "r-history": listConversations, "r-settings": listSettings, "r-filters": listFilters };

export async function openDrawer(id) {
  if (id === "r-export" && !prepareExport()) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  at(id).showModal();
  try {
    await fill[id]?.();
  } catch (error) {
    notice(error.message || say("reading.unreachable"), { urgent: true });
  }
}

export function wireDrawers() {
  document.querySelectorAll("dialog").forEach((dialog) => {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-shut]")) dialog.close();
    });
  });
  let typing = 0;
  at("r-search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(listConversations, 200);
  });
  at("r-conversations").addEventListener("click", pressedConversation);
  at("r-choices").addEventListener("change", keepSettings);
  at("r-choices").addEventListener("click", pressedKey);
  at("r-choices").addEventListener("submit", (event) => event.preventDefault());
  at("r-filter-form").addEventListener("submit", keepFilters);
  at("r-filter-form").addEventListener("reset", () => confine({}));
  at("r-why-form").addEventListener("submit", (event) => {
    event.preventDefault();
    at("r-why").close();
    tell(at("r-why").dataset.exchange, "down", new FormData(event.target).get("reason"));
  });
  at("r-share").addEventListener("click", async () => {
    at("r-export").close();
    const copied = await write(address({ conversation: state.conversation }));
    notice(say(copied ? "link.copied" : "copy.failed"));
  });
  at("r-export").addEventListener("click", (event) => event.target.closest("a") && at("r-export").close());
}

// --- earlier conversations ------------------------------------------------------------------------------------------

async function listConversations() {
  const query = { query: at("r-search").value, current: state.conversation };
  at("r-conversations").innerHTML = await html("page/conversations", { query });
}

async function pressedConversation(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const { conversation, forget } = button.dataset;
  if (conversation) {
    at("r-history").close();
    await stop();
    await openConversation(conversation);
  } else if (forget) {
    await call(`page/conversations/${forget}`, { method: "DELETE" });
    if (forget === state.conversation) leave();
    await listConversations();
    at("r-search").focus();
  }
}

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
  const form = new FormData(at("r-choices"));
  const model = form.get("model");
  const name = at("r-choices").querySelector(`[data-name-of="${CSS.escape((model ?? "").split(":")[0])}"]`)?.value;
  state.settings = {
    model: name && model.includes(":") ? `${model.split(":")[0]}:${name}` : (model ?? ""),
    passages: form.get("passages") ?? "",
    strictness: form.get("strictness") ?? "",
  };
  remember();
  showMode();
}

// A key goes to the server, which keeps it in memory; the page forgets it at once.
async function pressedKey(event) {
  const { keepKey, forgetKey } = event.target.closest("button")?.dataset ?? {};
  const provider = keepKey ?? forgetKey;
  if (!provider) return;
  const key = keepKey ? at("r-choices").querySelector(`[data-key-of="${provider}"]`).value : "";
  try {
    await call("page/key", { method: "POST", body: { provider, key } });
    if (forgetKey && state.settings.model?.startsWith(`${provider}:`)) state.settings.model = "none";
    remember();
    showMode();
    await listSettings();
  } catch (error) {
    notice(error.message, { urgent: true });
  }
}

export function showMode() {
  const model = state.settings.model || state.model;
  at("r-mode").textContent = model === "none" ? say("mode.quotes") : model;
  at("r-mode").setAttribute("aria-label", `${at("r-mode").textContent}. ${say("mode.label")}`);
}

// --- filters --------------------------------------------------------------------------------------------------------

async function listFilters() {
  at("r-filter-fields").innerHTML = await html("page/filters", { query: state.filters });
}

function keepFilters(event) {
  event.preventDefault();
  const document_ = at("r-filter-fields").querySelector("[name=document]");
  const given = [...new FormData(event.target)].filter(([, value]) => value.trim());
  confine(Object.fromEntries(given), document_?.selectedOptions[0]?.textContent);
}

// Confines the conversation from here on, and shows to what.
export function confine(filters, title = "") {
  state.filters = filters;
  if (title && filters.document) sessionStorage.setItem("rapporteur.only", title);
  remember();
  at("r-filters").close();
  showFilters();
}

export function showFilters() {
  const names = Object.entries(state.filters);
  at("r-show-filters").querySelector("span").hidden = names.length > 0;
  at("r-chosen").replaceChildren(
    ...names.map(([name, value]) => {
      const shown = name === "document" ? sessionStorage.getItem("rapporteur.only") || value : value;
      const what = `${say(`filter.${name}`)}: ${shown}`;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "r-filter" });
      button.setAttribute("aria-label", say("filter.drop", { what }));
      button.append(Object.assign(document.createElement("span"), { textContent: what }), "×");
      button.onclick = () => {
        const { [name]: _, ...rest } = state.filters;
        confine(rest);
        at("r-show-filters").focus();
      };
      return button;
    }),
  );
}

// --- export ---------------------------------------------------------------------------------------------------------

function prepareExport() {
  if (!state.conversation) {
    notice(say("export.nothing"), { urgent: true });
    return false;
  }
  at("r-export").querySelectorAll("[data-format]").forEach((link) => {
    const query = state.library ? `?library=${encodeURIComponent(state.library)}` : "";
    link.href = `page/conversations/${state.conversation}/export.${link.dataset.format}${query}`;
    link.download = "";
  });
  return true;
}
