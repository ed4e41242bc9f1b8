// The conversation: a question goes out, sentences come back as they are ready; stop, ask again, edit, judge.

import { all, at, first, make, questionBox, the } from "./elements.js";
import { address, call, explain, html, json, keep, notice, Refused, say, state } from "./server.js";

/** @type {{ exchange: string } | null} */
let running = null; // while an answer is being written
let followed = 0; // where we last scrolled the conversation to; elsewhere means the reader scrolled
const WAIT_MS = 700;

export const isBusy = () => running !== null;

/**
 * What the question box calls; it returns what is to stand in the box afterwards.
 * @param {string} question
 */
export function ask(question) {
  if (running) {
    notice(say("answering.busy"), { urgent: true });
    return question;
  }
  start(question);
  return "";
}

/**
 * @param {string} question
 * @param {string} replaces
 * @param {boolean} asWritten whatever was said before
 */
async function start(question, replaces = "", asWritten = false) {
  running = { exchange: "" };
  const { conversation, settings, filters } = state;
  const body = { question, replaces, conversation, filters: separate(filters), as_written: asWritten, ...wished(settings) };
  let asked;
  try {
    asked = await json("page/ask", { method: "POST", body });
  } catch (error) {
    running = null;
    giveBack(question);
    notice(explain(error), { urgent: true });
    return;
  }
  if (asked.conversation !== state.conversation) {
    state.conversation = asked.conversation;
    history.replaceState(null, "", address({ conversation: asked.conversation }));
  }
  notice("");
  if (replaces) find(replaces)?.remove();
  at("r-log").insertAdjacentHTML("beforeend", asked.html);
  follow(true);
  await grow(asked.exchange);
}

/**
 * Filters as the server takes them: the documents chosen one by one.
 * @param {Record<string, string>} filters
 */
export function separate(filters) {
  return filters.document ? { ...filters, document: filters.document.split(",") } : filters;
}

/**
 * What the settings wish for an answer; null leaves it to the server.
 * @param {import("./server.js").Settings} settings
 */
export function wished({ model, way, passages, strictness }) {
  return { model: model || null, way: way || null, passages: Number(passages) || null, strictness: strictness || null };
}

/**
 * Follows an answer to its end, over a lost line and a server that was restarted.
 * @param {string} exchange
 */
export async function grow(exchange) {
  running = { exchange };
  document.body.toggleAttribute("data-answering", true);
  let ended = false;
  while (!ended) {
    try {
      ended = await listen(exchange);
      if (!ended) throw new Error("the stream broke off");
    } catch (error) {
      if (error instanceof Refused) break;
      notice(say("lost"), { stays: true, urgent: true });
      await back();
      notice(say("back"));
      growing(exchange)?.replaceChildren();
    }
  }
  const article = find(exchange);
  running = null;
  document.body.toggleAttribute("data-answering", false);
  if (ended && article?.dataset.state === "broken" && !article.dataset.seen) {
    notice(say("back.asking"));
    await start(questionOf(article), exchange);
  }
}

/**
 * Reads the lines about an answer; tells whether they came to their end.
 * @param {string} exchange
 */
async function listen(exchange) {
  const { body } = await call(`page/answers/${exchange}`);
  if (!body) return false;
  for await (const told of jsonLines(body)) {
    if (told.type === "sentence") {
      growing(exchange)?.insertAdjacentHTML("beforeend", told.html);
      const progress = first(".r-progress", find(exchange) ?? document);
      if (progress) progress.textContent = told.progress ?? ""; // "3 / 12" parts of an overview
      follow(false);
    }
    if (told.type === "done") {
      settle(exchange, told.html);
      return true;
    }
  }
  return false;
}

/**
 * The values of a stream of JSON lines, each as soon as its line is whole; a last line that is cut off is left out.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{ type: string, html: string, progress?: string }>}
 */
export async function* jsonLines(body) {
  const reader = body.pipeThrough(/** @type {TransformStream} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) yield JSON.parse(line);
  }
}

/**
 * Puts the finished exchange in place of the growing one; what had the focus keeps it, nothing is read out twice.
 * @param {string} exchange
 * @param {string} markup
 */
function settle(exchange, markup) {
  const article = find(exchange);
  if (!article) return;
  const { activeElement: active } = document;
  const focused = active instanceof HTMLElement && article.contains(active) ? active.dataset : null;
  const log = at("r-log");
  log.setAttribute("aria-live", "off");
  article.outerHTML = markup;
  setTimeout(() => log.setAttribute("aria-live", "polite"), 200);
  const chips = all(".r-chip", find(exchange) ?? log);
  if (focused?.document) chips.find((chip) => chip.dataset.start === focused.start)?.focus();
  document.dispatchEvent(new Event("r-settled"));
  follow(false);
}

async function back() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    try {
      if ((await fetch("healthz")).ok) return;
    } catch {
      // not yet
    }
  }
}

export async function stop() {
  if (!running?.exchange) return;
  await call(`page/answers/${running.exchange}/stop`, { method: "POST", body: {} }).catch(() => {});
  questionBox().focus();
}

/**
 * A question that could not be put stands in the box again.
 * @param {string} question
 */
function giveBack(question) {
  const box = questionBox();
  if (box.value) return;
  box.value = question; // Gradio takes it over at the event.
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- what can be done with an exchange ------------------------------------------------------------------------------

/** @param {Element} article */
const isLast = (article) => article === at("r-log").lastElementChild;
/** @param {HTMLElement} article */
const questionOf = (article) => first(".r-question", article)?.dataset.full ?? "";
/** @param {string} exchange */
const find = (exchange) => first(`[data-exchange="${CSS.escape(exchange)}"]`);
/** @param {string} exchange */
const growing = (exchange) => first(`[data-exchange="${CSS.escape(exchange)}"] .r-growing`);

/** @param {HTMLElement} button */
export function act(button) {
  const article = button.closest("article");
  const { do: what } = button.dataset;
  if (!article || !what) return;
  if (what === "stop") stop();
  else if (what === "again") again(article, questionOf(article));
  else if (what === "written") again(article, questionOf(article), true);
  else if (what === "edit") edit(article);
  else if (what === "everything") everything(article, button);
  else judge(article, button, what);
}

/**
 * The last exchange is replaced; an earlier one stays, and its question is asked anew at the end.
 * @param {HTMLElement} article
 * @param {string} question
 */
function again(article, question, asWritten = false) {
  if (running) return notice(say("answering.busy"), { urgent: true });
  start(question, isLast(article) ? article.dataset.exchange : "", asWritten);
}

/**
 * Every sentence on the question's subject, some more with each press.
 * @param {HTMLElement} article
 * @param {HTMLElement} button
 */
async function everything(article, button) {
  const box = the(".r-everything", article);
  const offset = Number(button.dataset.from);
  if (offset === 0 && box.childElementCount) return box.replaceChildren();
  box.setAttribute("aria-busy", "true");
  try {
    const more = await html(`page/answers/${article.dataset.exchange}/everything`, { query: { offset } });
    if (box.contains(button)) button.remove();
    box.insertAdjacentHTML("beforeend", more);
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
  box.removeAttribute("aria-busy");
}

/** @param {HTMLElement} article */
function edit(article) {
  const header = the(".r-asked", article);
  if (first("form", header)) return;
  const box = make("textarea", { value: questionOf(article), rows: 2, "aria-label": say("question.edit.label") });
  const send = make("button", { type: "button", className: "r-button", textContent: say("ask.send") });
  const cancel = make("button", { type: "button", className: "r-tool", textContent: say("question.cancel") });
  const form = make("form", { className: "r-editing" }, box, send, cancel);
  const shut = () => {
    form.remove();
    header.toggleAttribute("data-editing", false);
    first('[data-do="edit"]', header)?.focus();
  };
  send.onclick = () => {
    if (running) return notice(say("answering.busy"), { urgent: true });
    shut();
    again(article, box.value);
  };
  cancel.onclick = shut;
  box.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send.click();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      shut();
    }
  };
  header.toggleAttribute("data-editing", true);
  header.append(form);
  box.focus();
}

/**
 * A thumb pressed again takes the verdict back; one down asks why first.
 * @param {HTMLElement} article
 * @param {HTMLElement} button
 * @param {string} verdict
 */
async function judge(article, button, verdict) {
  const taken = button.getAttribute("aria-pressed") === "true";
  const chosen = taken ? "" : verdict;
  if (chosen === "down") {
    at("r-why").dataset.exchange = article.dataset.exchange;
    at("r-why-form").reset();
    at("r-why").showModal();
    return;
  }
  await tell(article.dataset.exchange ?? "", chosen);
}

/**
 * Keeps a verdict with its reason, and shows which thumb is pressed.
 * @param {string} exchange
 * @param {string} verdict
 */
export async function tell(exchange, verdict, why = "") {
  try {
    await call(`page/answers/${exchange}/feedback`, { method: "POST", body: { verdict, reason: why } });
  } catch (error) {
    return notice(explain(error), { urgent: true });
  }
  for (const thumb of all(`[data-exchange="${CSS.escape(exchange)}"] .r-thumb`)) {
    thumb.setAttribute("aria-pressed", String(thumb.dataset.do === verdict));
  }
  if (verdict) notice(say("why.thanks"));
}

// --- conversations --------------------------------------------------------------------------------------------------

export function renew() {
  if (running) return notice(say("answering.busy"), { urgent: true });
  leave();
  questionBox().focus();
}

// Empties the page for a new conversation.
export function leave() {
  state.conversation = "";
  at("r-log").replaceChildren();
  history.replaceState(null, "", address({}));
  document.dispatchEvent(new Event("r-emptied"));
}

/**
 * Shows a conversation as the server keeps it; what is still being answered in it is followed on.
 * @param {string} markup
 */
export function show(markup) {
  at("r-log").innerHTML = markup;
  for (const article of all('[data-state="broken"]', at("r-log"))) article.dataset.seen = "true";
  const last = first(':scope > [data-state="open"]:last-child', at("r-log"));
  if (last?.dataset.exchange) grow(last.dataset.exchange);
  follow(true);
}

// --- scrolling ------------------------------------------------------------------------------------------------------

// What scrolls the conversation: its column, or on a narrow screen the page.
function scroller() {
  const column = at("r-scroll");
  return getComputedStyle(column).overflowY === "visible" ? document.documentElement : column;
}

/**
 * Keeps the newest question at the top while its answer grows, unless the reader has scrolled away.
 * @param {boolean} isNew
 */
function follow(isNew) {
  const last = at("r-log").lastElementChild;
  if (!last) return;
  const box = scroller();
  if (!isNew && Math.abs(box.scrollTop - followed) > 4) return;
  const top = box === document.documentElement ? 0 : box.getBoundingClientRect().top;
  box.scrollTop += last.getBoundingClientRect().top - top - 20;
  followed = box.scrollTop;
}

export function remember() {
  keep("localStorage", "onrecord.settings", state.settings);
  keep("sessionStorage", "onrecord.filters", state.filters);
}

