// [data-keep-typing]: a part of the page in which one writes while others change it. What comes for it by a signal waits
// while something in it is written and not sent, while a menu of it is open, or while it is being sent. Esc takes back what
// was written.

const PART = "[data-keep-typing]";
const written = new WeakSet(); // forms with something not sent
const sending = new WeakSet(); // forms whose answer is awaited

const forms = (part) => (part.matches("form") ? [part] : [...part.querySelectorAll("form")]);

document.addEventListener("input", ({ target }) => {
  const form = target.form ?? target.closest?.("form");
  if (form?.closest(PART)) written.add(form);
});

document.addEventListener("htmx:beforeRequest", ({ detail: { elt, requestConfig } }) => {
  if (!elt.closest?.(PART) || requestConfig.verb === "get") return;
  written.delete(elt);
  sending.add(elt);
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, failed } }) => {
  if (!sending.delete(elt)) return;
  if (failed && document.contains(elt)) written.add(elt); // what was written is not lost: it is still to be sent
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.querySelector(":popover-open")) {
    event.detail.shouldSwap = false;
    return;
  }
  if (!target.matches(PART)) return;
  const mine = forms(target);
  if (!mine.some((form) => written.has(form))) return;
  event.detail.shouldSwap = false;
  const incoming = fragment.querySelector?.("[name=seen]")?.value;
  const seen = target.querySelector("[name=seen]");
  if (!seen || !incoming || incoming === seen.value) return;
  // The answer to what I sent myself, while I write on: mine is what I have seen. Another's: I am told.
  if (mine.some((form) => sending.has(form))) seen.value = incoming;
  else target.classList.add("is-stale");
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Escape" || !field.matches?.(`${PART} :is(input, textarea)`) || field.value === field.defaultValue) return;
  event.preventDefault(); // a drawer around it stays open
  event.stopPropagation();
  field.value = field.defaultValue;
  written.delete(field.form);
  field.blur();
}, true);
