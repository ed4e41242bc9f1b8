// What the other modules share: where we are, the words in the browser's language, and asking the server.

import { all, at, first, make } from "./elements.js";

/** @typedef {{ model?: string, way?: string, passages?: string, strictness?: string, style?: string, goes?: string }} Settings */
/** @typedef {Record<string, string | number | null | undefined>} Query */
/** @typedef {{ query?: Query, method?: string, body?: object }} Request */
/** @typedef {"localStorage" | "sessionStorage"} Place */
/**
 * What the server tells a page that opens.
 * @typedef {{ words: Record<string, string>, language: string, direction: string, library: string, model: string, goes: string, conversation: string,
 *   libraries: { key: string, name: string }[], html: string, missing?: boolean, signed_in?: boolean, has_password?: boolean }} Start
 */

export const state = {
  library: "", // key of the library, "" for the first
  conversation: "", // id, "" before the first question
  model: "none", // what answers unless the settings say otherwise
  goes: "", // where a question to it goes, in words
  settings: /** @type {Settings} */ (stored("localStorage", "onrecord.settings")),
  filters: stored("sessionStorage", "onrecord.filters"),
};
/** @type {Record<string, string>} */
let words = {};

/** @param {Pick<Start, "words" | "language" | "direction">} start */
export function learn(start) {
  words = start.words;
  document.documentElement.lang = start.language;
  document.documentElement.dir = start.direction;
}

/**
 * The words of a key in the browser's language, with values put in.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

// Puts the words into the frame, which comes in English.
export function translate() {
  for (const node of all("[data-say]")) node.textContent = say(node.dataset.say ?? "");
  for (const node of all("[data-label]")) {
    const key = node.dataset.label ?? "";
    if (words[key]) node.setAttribute("aria-label", say(key));
  }
  for (const node of all("[data-hint]")) node.setAttribute("placeholder", say(node.dataset.hint ?? ""));
}

// --- asking -------------------------------------------------------------------------------------------------------

const TOLD = [409, 413, 429]; // refusals whose own words are for people

export class Refused extends Error {} // the server answered, and said no; the message is for people

/**
 * The address of a route in this library; what is empty is left out.
 * @param {string} path
 * @param {Query} query
 */
export function route(path, query = {}) {
  const given = Object.entries({ ...query, library: state.library })
    .filter(([, value]) => value !== "" && value != null)
    .map(([name, value]) => [name, String(value)]);
  return `${path}?${new URLSearchParams(given)}`;
}

/**
 * @param {string} path
 * @param {Request} request
 */
export async function call(path, { query, method = "GET", body } = {}) {
  /** @type {RequestInit} */
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const reply = await fetch(route(path, query), options);
  if (reply.ok) return reply;
  throw new Refused(reason(reply.status, await reply.text()));
}

/**
 * What people are told of a refusal. One whose session has ended signs in again.
 * @param {number} status
 * @param {string} text
 */
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

/**
 * Ready HTML, which errors of the routes are too; a refusal of the gate becomes a line about it.
 * @param {string} path
 * @param {Query} query
 */
export async function told(path, query) {
  const reply = await fetch(route(path, query));
  if (reply.status >= 500) throw new Error(String(reply.status));
  const text = await reply.text();
  if (reply.headers.get("content-type")?.startsWith("text/html")) return text;
  return make("p", { className: "r-error", textContent: reason(reply.status, text) }).outerHTML;
}

/** @type {(path: string, request?: Request) => Promise<any>} */
export const json = async (path, request) => (await call(path, request)).json();
/** @type {(path: string, request?: Request) => Promise<string>} */
export const html = async (path, request) => (await call(path, request)).text();

/**
 * What went wrong, in words for people.
 * @param {unknown} error
 */
export const explain = (error) => (error instanceof Refused ? error.message : say("reading.unreachable"));

// --- telling ------------------------------------------------------------------------------------------------------

let clearing = 0;

/**
 * One line at the foot of the page, spoken too, which may lead somewhere; it goes by itself unless it is to stay.
 * @param {string | HTMLAnchorElement} text
 */
export function notice(text, { stays = false, urgent = false } = {}) {
  const line = at("r-notice");
  clearTimeout(clearing);
  line.setAttribute("role", urgent ? "alert" : "status");
  line.replaceChildren(text);
  line.toggleAttribute("data-urgent", urgent);
  if (text && !stays) clearing = setTimeout(() => line.replaceChildren(), urgent || typeof text === "object" ? 8000 : 3000);
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copy(button, text, done = say("copied")) {
  const before = button.textContent;
  const copied = await write(text);
  button.textContent = copied ? done : say("copy.failed");
  notice(button.textContent);
  setTimeout(() => {
    button.textContent = before;
  }, 1600);
}

/**
 * Browsers give the clipboard only to pages from this machine or over https; elsewhere a selection is copied.
 * @param {string} text
 */
export async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { value: text });
    (first("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// --- keeping ------------------------------------------------------------------------------------------------------

// A browser told to keep nothing refuses even the name of a place, so it is looked up where a refusal is expected.

/**
 * The name a key had when the program was called Rapporteur.
 * @param {string} key
 */
function earlier(key) {
  return key.replace("onrecord.", "rapporteur.");
}

/**
 * @param {Place} place
 * @param {string} key
 * @returns {Record<string, any>}
 */
export function stored(place, key) {
  try {
    return JSON.parse(globalThis[place].getItem(key) ?? globalThis[place].getItem(earlier(key)) ?? "null") ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {Place} place
 * @param {string} key
 * @param {object} value
 */
export function keep(place, key, value) {
  try {
    globalThis[place].setItem(key, JSON.stringify(value));
  } catch {
    // The settings last as long as the page.
  }
}

/**
 * An address of this page that leads to the same place; what does not apply is left out.
 * @param {Record<string, string | undefined>} query
 */
export function address(query) {
  const url = new URL(location.pathname, location.href);
  const library = new URLSearchParams(location.search).get("library");
  for (const [name, value] of Object.entries({ library, ...query })) if (value) url.searchParams.set(name, value);
  return url.href;
}
