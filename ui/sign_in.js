// Who comes by a link from elsewhere brings no session along (SameSite=Strict). Asked from here, the browser shows it.
const said = document.getElementById("said");
if (!said.textContent) {
  fetch(location.href, { redirect: "manual" }).then((reply) => {
    if (reply.type === "opaqueredirect") location.replace(document.forms[0].elements.next.value);
  });
}
