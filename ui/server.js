// What the other modules share: where we are, the words in the browser's language, and asking the server.

export const state = {
  library: "", // key of the library, "" for the first
  conversation: "", // id, "" before the first question
  model: "none", // what answers unless the settings say otherwise
  settings: stored(localStorage, "rapporteur.settings"),
  filters: stored(sessionStorage, "rapporteur.filters"),
};
let words = {};

export const at = (id) => document.getElementById(id);

export function learn(start) {
  words = start.words;
  document.documentElement.lang = start.language;
}

export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// Puts the words into the frame, which comes in English.
export function translate(root = document) {
  root.querySelectorAll("[data-say]").forEach((node) => (node.textContent = say(node.dataset.say)));
  root.querySelectorAll("[data-label]").forEach((node) => {
    if (words[node.dataset.label]) node.setAttribute("aria-label", say(node.dataset.label));
  });
  root.querySelectorAll("[data-hint]").forEach((node) => (node.placeholder = say(node.dataset.hint)));
}

// --- asking -------------------------------------------------------------------------------------------------------

const TOLD = [409, 413, 429]; // refusals whose own words are for people

export class Refused extends Error {} // the server answered, and said no; the message is for people

export function route(path, query = {}) {
  const given = Object.entries({ ...query, library: state.library }).filter(([, value]) => value !== "" && value != null);
  return `${path}?${new URLSearchParams(given)}`;
}

export async function call(path, { query, method = "GET", body } = {}) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const reply = await fetch(route(path, query), options);
  if (reply.ok) return reply;
  throw new Refused(reason(reply.status, await reply.text()));
}

// What people are told of a refusal. One whose session has ended signs in again.
export function reason(status, text) {
  if (status === 401) signIn();
  try {
    const { type = "", detail } = JSON.parse(text);
    const known = `failed.${type.split(":").pop()}`;
    if (known in words) return say(known);
    return typeof detail === "string" && TOLD.includes(status) ? detail : say("failed.request", { reason: status });
  } catch {
    return text && text.length < 300 ? text : say("failed.request", { reason: status });
  }
}

function signIn() {
  location.assign(`sign-in?${new URLSearchParams({ next: location.pathname + location.search })}`);
}

// Ready HTML, which errors of the routes are too; a refusal of the gate becomes a line about it.
export async function told(path, query) {
  const reply = await fetch(route(path, query));
  if (reply.status >= 500) throw new Error(reply.status);
  const text = await reply.text();
  if (reply.headers.get("content-type")?.startsWith("text/html")) return text;
  const line = Object.assign(document.createElement("p"), { className: "r-error", textContent: reason(reply.status, text) });
  return line.outerHTML;
}

export const json = async (...args) => (await call(...args)).json();
export const html = async (...args) => (await call(...args)).text();

// --- telling ------------------------------------------------------------------------------------------------------

let clearing = 0;

// One line at the foot of the page, spoken too; it goes by itself unless it is to stay.
export function notice(text, { stays = false, urgent = false } = {}) {
  const line = at("r-notice");
  clearTimeout(clearing);
  line.setAttribute("role", urgent ? "alert" : "status");
  line.textContent = text;
  line.toggleAttribute("data-urgent", urgent);
  if (text && !stays) clearing = setTimeout(() => (line.textContent = ""), urgent ? 8000 : 3000);
}

export async function copy(button, text, done = say("copied")) {
  const before = button.textContent;
  const copied = await write(text);
  button.textContent = copied ? done : say("copy.failed");
  notice(button.textContent);
  setTimeout(() => (button.textContent = before), 1600);
}

// Browsers give the clipboard only to pages from this machine or over https; elsewhere a selection is copied.
export async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// --- keeping ------------------------------------------------------------------------------------------------------

export function stored(place, key) {
  try {
    return JSON.parse(place.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export function keep(place, key, value) {
  try {
    place.setItem(key, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing: the settings last as long as the page
  }
}

// An address of this page that leads to the same place; what does not apply is left out.
export function address(query) {
  const url = new URL(location.pathname, location.href);
  const library = new URLSearchParams(location.search).get("library");
  for (const [name, value] of Object.entries({ library, ...query })) if (value) url.searchParams.set(name, value);
  return url.href;
}
