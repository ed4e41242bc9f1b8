// Who comes by a link from elsewhere brings no session along (SameSite=Strict). Asked from here, the browser shows it.
const said = document.getElementById("said");
const next = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=next]"));
if (next && !said?.textContent) {
  fetch(location.href, { redirect: "manual" }).then((reply) => {
    if (reply.type === "opaqueredirect") location.replace(next.value);
  });
}
