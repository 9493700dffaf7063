// [data-keep-typing]: a part of the page in which one writes while others change it. What comes for it by a signal is left
// out while something in it is written and not sent, while an answer to it is awaited, or while a menu of it is open. Esc
// takes back what was written.

const PART = "[data-keep-typing]";
const written = new WeakSet(); // forms with something not sent
const awaited = new WeakMap(); // of each part, how many answers
let answered; // the part to which the answer that is being put in belongs

const forms = (part) => (part.matches("form") ? [part] : [...part.querySelectorAll("form")]);
const partOf = (config) => (config.verb === "get" ? null : config.elt.closest?.(PART));
const count = (part, step) => part && awaited.set(part, Math.max(0, (awaited.get(part) ?? 0) + step));

document.addEventListener("input", ({ target }) => {
  if (target.form?.closest(PART)) written.add(target.form);
});

document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  const part = partOf(requestConfig);
  if (part) written.delete(requestConfig.elt);
  count(part, 1);
});
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig } }) => {
  answered = partOf(requestConfig);
});
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, failed, xhr } }) => {
  const part = partOf(requestConfig);
  count(part, -1);
  answered = null;
  if (part && failed && xhr.status !== 422) written.add(requestConfig.elt); // it is still to be sent
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (!target.matches(PART)) return;
  const isAnswer = answered === target;
  const isWritten = forms(target).some((form) => written.has(form));
  const isBusy = !isAnswer && (awaited.get(target) > 0 || target.querySelector(":popover-open"));
  if (!isWritten && !isBusy) return;
  event.detail.shouldSwap = false;
  if (isWritten) meet(target, fragment, isAnswer);
});

// What is stored has changed beneath a text that is being written. By my own hand: then I have seen it. By another's:
// then I am told, and the server asks before mine takes its place.
function meet(part, fragment, isAnswer) {
  const incoming = fragment.querySelector("[name=seen]")?.value;
  const seen = part.querySelector("[name=seen]");
  if (!seen || !incoming || incoming === seen.value) return;
  if (isAnswer) seen.value = incoming;
  else part.classList.add("is-stale");
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Escape" || !field.matches?.(`${PART} :is(input, textarea)`) || field.value === field.defaultValue) return;
  event.preventDefault(); // a drawer around it stays open
  event.stopPropagation();
  field.value = field.defaultValue;
  written.delete(field.form);
  field.blur();
}, true);
