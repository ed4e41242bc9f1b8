/* A cited-answer box for any web page:

     <script src="https://records.example/widget.js" async></script>          puts a box where the script stands
     <onrecord-ask server="https://records.example"></onrecord-ask>       ... or wherever this element stands

   Attributes of the element, or data-... of the script: server, key (of scope "ask" only: readers can see it), heading,
   placeholder. Look: the custom properties --onrecord-accent, -text, -ground, -muted, -line, -font, -radius, and the
   parts "form", "box", "button", "answer", "quote". It needs no inline script or style, so a strict Content-Security-Policy
   holds; the page's connect-src must name the server, and the server's ONRECORD_CORS_ORIGINS the page's origin.
   What a record says is put in as text, never as HTML. */
(() => {
  "use strict";
  if (customElements.get("onrecord-ask")) return;
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

  const STYLE = `
    :host { display: block; color-scheme: light dark;
      --accent: var(--onrecord-accent, light-dark(#22577a, #8cc5e6));
      --text: var(--onrecord-text, light-dark(#1c2530, #e8edf2));
      --ground: var(--onrecord-ground, light-dark(#fff, #161c22));
      --muted: var(--onrecord-muted, light-dark(#55606c, #a9b4bf));
      --line: var(--onrecord-line, light-dark(#76818c, #66717c));
      --radius: var(--onrecord-radius, 8px);
      font: 16px/1.5 var(--onrecord-font, system-ui, sans-serif); color: var(--text); }
    section { background: var(--ground); border: 1px solid var(--line); border-radius: var(--radius); padding: 1em; }
    h2 { font-size: 1.1em; margin: 0 0 .6em; }
    form { display: flex; gap: .5em; }
    input { flex: 1; min-width: 0; padding: .5em .7em; }
    input, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line);
      border-radius: var(--radius); }
    form button { padding: .5em 1em; background: var(--accent); color: var(--ground); border-color: var(--accent); }
    button { cursor: pointer; }
    button[disabled] { opacity: .6; cursor: default; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .answer p { margin: .8em 0 0; }
    .number { margin-inline-start: .3em; padding: 0 .45em; min-width: 24px; min-height: 24px; font-size: .85em;
      color: var(--accent); }
    .number[aria-expanded="true"] { background: var(--accent); color: var(--ground); }
    blockquote { margin: .5em 0 0; padding: .2em .8em; border-inline-start: 3px solid var(--accent);
      overflow-wrap: anywhere; white-space: pre-line; }
    cite, .note { color: var(--muted); font-size: .9em; font-style: normal; display: block; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    [hidden] { display: none; }`;

  /** @typedef {{ number: number, quote: string, label: string }} Citation */

  /**
   * A new element with these properties and attributes; strings among its children become text.
   * @template {keyof HTMLElementTagNameMap} Name
   * @param {Name} name
   * @param {Partial<Omit<HTMLElementTagNameMap[Name], "part">> & { part?: string } & Record<`aria-${string}`, string>} given
   * @param {(Node | string)[]} children
   */
  function make(name, given = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) {
      if (key in element) Object.assign(element, { [key]: value });
      else element.setAttribute(key, String(value));
    }
    element.append(...children);
    return element;
  }

  /**
   * The events of a server-sent stream, each as soon as it is whole.
   * @param {ReadableStream<Uint8Array>} body
   */
  async function* eventsOf(body) {
    const reader = body.pipeThrough(/** @type {TransformStream} */ (new TextDecoderStream())).getReader();
    for (let held = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      held += value;
      const blocks = held.split("\n\n");
      held = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
      }
    }
  }

  class Told extends Error {} // the server says itself what is wrong; the message is for people

  class OnRecordAsk extends HTMLElement {
    #answer = make("div", { className: "answer", part: "answer" });
    #said = make("p", { className: "hidden", role: "status" });
    #box = make("input", { type: "text", required: true, maxLength: 20000, autocomplete: "off", part: "box" });
    #button = make("button", { type: "submit", textContent: "Ask", part: "button" });
    /** @type {{ question: string, answer: string }[]} */
    #history = [];
    /** @type {AbortController | null} */
    #asking = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const heading = this.getAttribute("heading") ?? "Ask the records";
      this.#box.placeholder = this.getAttribute("placeholder") ?? "";
      this.#box.setAttribute("aria-label", "Question");
      const form = make("form", { part: "form" }, this.#box, this.#button);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.#box.value);
      });
      root.append(make("section", { "aria-label": heading }, make("h2", {}, heading), form, this.#said, this.#answer));
    }

    disconnectedCallback() {
      this.#asking?.abort();
    }

    /**
     * Asks a question; resolves when the answer stands there. A host page may call it.
     * @param {string} question
     */
    async ask(question) {
      if (!question.trim()) return;
      this.#asking?.abort();
      const asking = (this.#asking = new AbortController());
      this.#button.disabled = true;
      this.#tell("Looking in the records …");
      this.#answer.replaceChildren(make("p", { className: "note" }, "Looking in the records …"));
      try {
        await this.#show(question, await this.#send(question, asking.signal), asking.signal);
      } catch (error) {
        if (!asking.signal.aborted) this.#fail(error);
      } finally {
        if (this.#asking === asking) this.#button.disabled = false;
      }
    }

    /**
     * @param {string} question
     * @param {AbortSignal} signal
     */
    async #send(question, signal) {
      /** @type {Record<string, string>} */
      const headers = { "Content-Type": "application/json" };
      if (this.getAttribute("key")) headers.Authorization = `Bearer ${this.getAttribute("key")}`;
      const server = (this.getAttribute("server") ?? "").replace(/\/$/, "");
      const body = JSON.stringify({ question, history: this.#history.slice(-5) });
      const response = await fetch(`${server}/api/ask/stream`, { method: "POST", headers, body, signal, credentials: "omit" });
      if (response.ok) return response;
      const problem = await response.json().catch(() => ({}));
      throw new Told(problem.detail ?? `The server answered ${response.status}.`);
    }

    /**
     * @param {string} question
     * @param {Response} response
     * @param {AbortSignal} signal
     */
    async #show(question, { body }, signal) {
      let first = true;
      for await (const { event, data } of body ? eventsOf(body) : []) {
        if (signal.aborted) return;
        if (event === "problem") throw new Told(data.detail);
        if (event === "sentence") {
          if (first) this.#answer.replaceChildren();
          first = false;
          this.#answer.append(this.#sentence(data.sentence, data.citations));
        }
        if (event === "answer") {
          if (!data.answered) this.#answer.replaceChildren(make("p", {}, data.text));
          this.#history.push({ question, answer: data.text });
          this.#tell(data.text);
          this.dispatchEvent(new CustomEvent("onrecord-answer", { detail: data, bubbles: true, composed: true }));
          return;
        }
      }
      throw new Error("the answer broke off");
    }

    /**
     * A sentence with a button for each citation, which shows the exact quote and where it stands.
     * @param {{ text: string }} sentence
     * @param {Citation[]} citations
     */
    #sentence(sentence, citations) {
      const line = make("p", {}, sentence.text);
      const block = make("div", {}, line);
      for (const citation of citations) {
        const quote = make("blockquote", { hidden: true, part: "quote", id: `quote-${citation.number}` });
        quote.append(citation.quote, make("cite", {}, citation.label));
        const button = make("button", {
          type: "button", className: "number", textContent: `${citation.number}`, title: citation.label,
          "aria-label": `Quote ${citation.number}, ${citation.label}`, "aria-expanded": "false",
          "aria-controls": quote.id,
        });
        button.addEventListener("click", () => {
          quote.hidden = !quote.hidden;
          button.setAttribute("aria-expanded", String(!quote.hidden));
        });
        line.append(button);
        block.append(quote);
      }
      return block;
    }

    /** @param {unknown} error */
    #fail(error) {
      const says = error instanceof Told ? error.message : "The records cannot be reached just now. Try again later.";
      this.#answer.replaceChildren(make("p", { role: "alert" }, says));
      this.#tell("");
    }

    /** @param {string} words */
    #tell(words) {
      this.#said.textContent = words;
    }
  }

  customElements.define("onrecord-ask", OnRecordAsk);
  for (const element of document.querySelectorAll("onrecord-ask:not([server])")) {
    if (script?.src) element.setAttribute("server", new URL(".", script.src).href);
  }
  if (script && !document.querySelector("onrecord-ask")) {
    const element = document.createElement("onrecord-ask");
    const { server = new URL(".", script.src).href, ...told } = script.dataset;
    element.setAttribute("server", server);
    for (const name of ["key", "heading", "placeholder"]) {
      const value = told[name];
      if (value) element.setAttribute(name, value);
    }
    script.after(element);
  }
})();
