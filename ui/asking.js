// The conversation: a question goes out, sentences come back as they are ready; stop, ask again, edit, judge.

import { at, address, call, json, keep, notice, Refused, say, state } from "./server.js";

let running = null; // {exchange, article} while an answer is being written
let followed = 0; // where we last scrolled the conversation to; elsewhere means the reader scrolled
const WAIT_MS = 700;

export const isBusy = () => running !== null;

// What the question box calls; it returns what is to stand in the box afterwards.
export function ask(question) {
  if (running) {
    notice(say("answering.busy"), { urgent: true });
    return question;
  }
  start(question);
  return "";
}

async function start(question, replaces = "") {
  running = { exchange: "", article: null };
  let asked;
  try {
    const { model, passages, strictness } = state.settings;
    asked = await json("page/ask", {
      method: "POST",
      body: {
        question,
        replaces,
        conversation: state.conversation,
        model: model || null,
        passages: Number(passages) || null,
        strictness: strictness || null,
        filters: state.filters,
      },
    });
  } catch (error) {
    running = null;
    giveBack(question);
    notice(error instanceof Refused ? error.message : say("reading.unreachable"), { urgent: true });
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

// Follows an answer to its end, over a lost line and a server that was restarted.
export async function grow(exchange) {
  running = { exchange, article: find(exchange) };
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
      find(exchange)?.querySelector(".r-growing")?.replaceChildren();
    }
  }
  const article = find(exchange);
  running = null;
  document.body.toggleAttribute("data-answering", false);
  if (ended && article?.dataset.state === "broken" && !article.dataset.seen) {
    notice(say("back.asking"));
    await start(article.querySelector(".r-question").dataset.full, exchange);
  }
}

// Reads the lines about an answer; tells whether they came to their end.
async function listen(exchange) {
  const reply = await call(`page/answers/${exchange}`);
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return false;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const told = JSON.parse(line);
      if (told.type === "sentence") {
        find(exchange)?.querySelector(".r-growing")?.insertAdjacentHTML("beforeend", told.html);
        follow(false);
      }
      if (told.type === "done") {
        settle(exchange, told.html);
        return true;
      }
    }
  }
}

// Puts the finished exchange in place of the growing one; what had the focus keeps it, nothing is read out twice.
function settle(exchange, markup) {
  const article = find(exchange);
  if (!article) return;
  const focused = article.contains(document.activeElement) ? document.activeElement.dataset : null;
  const log = at("r-log");
  log.setAttribute("aria-live", "off");
  article.outerHTML = markup;
  setTimeout(() => log.setAttribute("aria-live", "polite"), 200);
  const settled = find(exchange);
  if (focused?.document) {
    [...settled.querySelectorAll(".r-chip")].find((chip) => chip.dataset.start === focused.start)?.focus();
  }
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
  document.querySelector("#r-box textarea").focus();
}

// A question that could not be put stands in the box again.
function giveBack(question) {
  const box = document.querySelector("#r-box textarea");
  if (box.value) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- what can be done with an exchange ------------------------------------------------------------------------------

const isLast = (article) => article === at("r-log").lastElementChild;
const find = (exchange) => document.querySelector(`[data-exchange="${CSS.escape(exchange)}"]`);

export function act(button) {
  const article = button.closest("article");
  const question = article.querySelector(".r-question")?.dataset.full ?? "";
  const { do: what } = button.dataset;
  if (what === "stop") stop();
  else if (what === "again") again(article, question);
  else if (what === "edit") edit(article, question);
  else judge(article, button, what);
}

// The last exchange is replaced; an earlier one stays, and its question is asked anew at the end.
function again(article, question) {
  if (running) return notice(say("answering.busy"), { urgent: true });
  start(question, isLast(article) ? article.dataset.exchange : "");
}

function edit(article, question) {
  const header = article.querySelector(".r-asked");
  if (header.querySelector("form")) return;
  const form = document.createElement("form");
  form.className = "r-editing";
  const box = Object.assign(document.createElement("textarea"), { value: question, rows: 2 });
  box.setAttribute("aria-label", say("question.edit.label"));
  const [send, cancel] = ["ask.send", "question.cancel"].map((key) =>
    Object.assign(document.createElement("button"), { textContent: say(key), type: "button" }),
  );
  send.className = "r-button";
  cancel.className = "r-tool";
  const shut = () => {
    form.remove();
    header.toggleAttribute("data-editing", false);
    header.querySelector('[data-do="edit"]').focus();
  };
  send.onclick = () => {
    if (running) return notice(say("answering.busy"), { urgent: true });
    shut();
    again(article, box.value);
  };
  cancel.onclick = shut;
  box.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), send.click());
    if (event.key === "Escape") (event.stopPropagation(), shut());
  };
  form.append(box, send, cancel);
  header.toggleAttribute("data-editing", true);
  header.append(form);
  box.focus();
}

async function judge(article, button, verdict) {
  const taken = button.getAttribute("aria-pressed") === "true";
  const chosen = taken ? "" : verdict;
  if (chosen === "down") {
    at("r-why").dataset.exchange = article.dataset.exchange;
    at("r-why-form").reset();
    at("r-why").showModal();
    return;
  }
  await tell(article.dataset.exchange, chosen);
}

// Keeps a verdict with its reason, and shows which thumb is pressed.
export async function tell(exchange, verdict, why = "") {
  try {
    await call(`page/answers/${exchange}/feedback`, { method: "POST", body: { verdict, reason: why } });
  } catch (error) {
    return notice(error.message, { urgent: true });
  }
  find(exchange)
    ?.querySelectorAll(".r-thumb")
    .forEach((thumb) => thumb.setAttribute("aria-pressed", String(thumb.dataset.do === verdict)));
  if (verdict) notice(say("why.thanks"));
}

// --- conversations --------------------------------------------------------------------------------------------------

export function renew() {
  if (running) return notice(say("answering.busy"), { urgent: true });
  leave();
  document.querySelector("#r-box textarea").focus();
}

// Empties the page for a new conversation.
export function leave() {
  state.conversation = "";
  at("r-log").replaceChildren();
  history.replaceState(null, "", address({}));
  document.dispatchEvent(new Event("r-emptied"));
}

// Shows a conversation as the server keeps it; what is still being answered in it is followed on.
export function show(markup) {
  at("r-log").innerHTML = markup;
  const last = at("r-log").lastElementChild;
  at("r-log")
    .querySelectorAll('[data-state="broken"]')
    .forEach((article) => (article.dataset.seen = "true"));
  if (last?.dataset.state === "open") grow(last.dataset.exchange);
  follow(true);
}

// --- scrolling ------------------------------------------------------------------------------------------------------

// What scrolls the conversation: its column, or on a narrow screen the page.
function scroller() {
  const column = at("r-scroll");
  return getComputedStyle(column).overflowY === "visible" ? document.scrollingElement : column;
}

// Keeps the newest question at the top while its answer grows, unless the reader has scrolled away.
function follow(isNew) {
  const last = at("r-log").lastElementChild;
  if (!last) return;
  const box = scroller();
  if (!isNew && Math.abs(box.scrollTop - followed) > 4) return;
  const top = box === document.scrollingElement ? 0 : box.getBoundingClientRect().top;
  box.scrollTop += last.getBoundingClientRect().top - top - 20;
  followed = box.scrollTop;
}

export function remember() {
  keep(localStorage, "rapporteur.settings", state.settings);
  keep(sessionStorage, "rapporteur.filters", state.filters);
}

