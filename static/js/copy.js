// [data-copy="value"] copies it; the button shows a tick and says so for a moment.

const SHOWN = 1600; // ms

async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  // Without https (an address in the local network) browsers only have the old way.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  const label = button.getAttribute("aria-label");
  button.classList.add("is-on");
  button.setAttribute("aria-label", button.dataset.copied);
  button.focus();
  setTimeout(() => {
    button.classList.remove("is-on");
    button.setAttribute("aria-label", label);
  }, SHOWN);
});
