// Runs once, inside Gradio, when the conversation appears. Gradio hands in: `element` (the conversation), `trigger`
// (tells Python of an event) and `watch` (calls back after Python has changed a value).

const pane = () => document.getElementById("r-pane");
let opened = null; // the button whose quote is open
let request = 0; // the latest opening; an earlier one that answers later is dropped
let asked = 0; // how many questions are on the page
let followed = 0; // where we last scrolled the conversation to; elsewhere means the reader scrolled

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.document) open(button);
  else if (button.dataset.copy) copy(button);
  else if (button.dataset.question) trigger("submit", { question: button.dataset.question });
  else if (button.classList.contains("r-close")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened) close();
});

watch("value", () => {
  if (opened) point(opened);
  follow();
});

async function open(button) {
  const turn = ++request;
  const { document: id, start, end, version } = button.dataset;
  point(button);
  pane().setAttribute("aria-busy", "true");
  let html;
  try {
    const query = new URLSearchParams({ start, end, version });
    html = await (await fetch(`reading/${encodeURIComponent(id)}?${query}`)).text();
  } catch {
    html = '<p class="r-error">The document cannot be opened: the server does not answer. Is it still running?</p>';
  }
  if (turn !== request) return;
  show(html);
}

function show(html) {
  pane().innerHTML = html;
  pane().removeAttribute("data-empty");
  pane().removeAttribute("aria-busy");
  const title = pane().querySelector("h2")?.textContent;
  const place = pane().querySelector(".r-locator span")?.textContent ?? "";
  document.getElementById("r-said").textContent = title ? `Opened: ${title}, ${place}` : pane().textContent;
  const mark = pane().querySelector("mark");
  if (!mark) return pane().scrollIntoView({ block: "nearest" });
  const room = pane().querySelector(".r-text").clientHeight;
  mark.scrollIntoView({ block: mark.offsetHeight < room ? "center" : "start" });
}

function close() {
  request++;
  pane().innerHTML = '<p class="r-hint">Press the number behind a sentence to read the quote in its document.</p>';
  pane().setAttribute("data-empty", "");
  pane().removeAttribute("aria-busy");
  const button = opened?.isConnected ? opened : null;
  point(null);
  button?.focus();
}

// Marks every button of the open quote. Gradio redraws the conversation, so they are found by place.
function point(button) {
  opened = button;
  document.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  if (!button) return;
  const { document: id, start, end } = button.dataset;
  document.querySelectorAll(`[data-document="${CSS.escape(id)}"]`).forEach((other) => {
    if (other.dataset.start === start && other.dataset.end === end) other.setAttribute("aria-current", "true");
  });
}

async function copy(button) {
  const done = await write(button.dataset.copy);
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => (button.textContent = "Copy"), 1600);
}

// Browsers give the clipboard only to pages from this machine or over https; elsewhere a selection is copied.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// What scrolls the conversation: its column, or on a narrow screen the page.
function scroller() {
  const column = document.getElementById("r-scroll");
  return getComputedStyle(column).overflowY === "visible" ? document.scrollingElement : column;
}

// Keeps the newest question at the top while its answer grows, unless the reader has scrolled away.
function follow() {
  const articles = element.querySelectorAll("article");
  if (!articles.length) return;
  const isNew = articles.length !== asked;
  const box = scroller();
  if (!isNew && Math.abs(box.scrollTop - followed) > 4) return;
  asked = articles.length;
  const top = box === document.scrollingElement ? 0 : box.getBoundingClientRect().top;
  box.scrollTop += articles[asked - 1].getBoundingClientRect().top - top - 20;
  followed = box.scrollTop;
}
