// Checking a draft: pasted, chosen or dropped; a press on a claim goes to what the records say of it, and from there on.

import { around, at, first } from "./elements.js";
import { explain, html, notice, reason, Refused, route, say } from "./server.js";

export function wireChecking() {
  at("r-check-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("r-check-text").value;
    if (text.trim()) check(() => html("page/check", { method: "POST", body: { text } }));
  });
  at("r-check-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("r-check-form").requestSubmit();
  });
  at("r-check-file").addEventListener("change", () => {
    const file = at("r-check-file").files?.[0];
    if (file) check(() => sent(file));
    at("r-check-file").value = "";
  });
  at("r-check").addEventListener("dragover", (event) => event.preventDefault());
  at("r-check").addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const file = event.dataTransfer?.files[0];
    if (file) check(() => sent(file));
  });
  at("r-checked").addEventListener("click", (event) => {
    const claim = around(event, "[data-finding]");
    if (!claim) return;
    event.preventDefault();
    first(`#finding${claim.dataset.finding}`, at("r-checked"))?.focus();
  });
}

/**
 * Shows what comes of a check, and meanwhile that it is under way.
 * @param {() => Promise<string>} ask
 */
async function check(ask) {
  at("r-checked").setAttribute("aria-busy", "true");
  notice(say("check.busy"), { stays: true });
  try {
    at("r-checked").innerHTML = await ask();
    notice("");
    first(".r-tally", at("r-checked"))?.focus();
  } catch (error) {
    notice(explain(error), { urgent: true });
  }
  at("r-checked").removeAttribute("aria-busy");
}

/** @param {File} file */
async function sent(file) {
  const reply = await fetch(route("page/check", { name: file.name }), { method: "PUT", body: file });
  const text = await reply.text();
  if (!reply.ok) throw new Refused(reason(reply.status, text));
  return text;
}
