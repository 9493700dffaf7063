// An answer or a note: which of the two forms is shown. They share no field, so nothing typed in one leaves by the other.

const place = () => document.querySelector("[data-writing]");

// "answer" or "note"; the cursor goes to where it is written. False where nothing can be.
export function write(what) {
  const writing = place();
  if (!writing) return false;
  writing.dataset.writing = what;
  for (const tab of writing.querySelectorAll("[data-write]")) tab.setAttribute("aria-pressed", String(tab.dataset.write === what));
  const field = writing.querySelector(what === "note" ? ".note-box [data-note-text]" : "[data-composer-text], [data-templates].is-fixed input");
  field?.focus();
  field?.setSelectionRange?.(field.value.length, field.value.length);
  return Boolean(field);
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-write]");
  if (tab) write(tab.dataset.write);
});
