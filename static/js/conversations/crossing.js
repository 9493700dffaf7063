// Before two answer at once. What was shown when an answer was begun goes with it; where somebody else has answered since,
// the server asks once, and what was written waits until one says what becomes of it.
import { messages } from "./entries.js";
import { ask, parsed } from "./http.js";

let begun = null; // the last message that was shown when the answer was begun
let told = []; // who was said to be writing, too

const field = () => document.querySelector("[data-composer-text]");
const last = (thread) => String(Math.max(0, ...messages(thread.querySelector("[data-entries]")).map((node) => Number(node.dataset.message))));

function begin() {
  const thread = document.querySelector("[data-thread]");
  if (!thread || !field()?.value.trim()) begun = null;
  else begun ??= last(thread);
}

// With every answer: what its writer had before their eyes, and of whom they were told that they write, too.
export const known = (thread) => ({ seen: begun ?? last(thread), told });

// Resolves to whether the answer is done with: sent after all, or discarded. False gives it back to be written on.
export function crossed(html, text, again) {
  const place = document.querySelector("[data-crossing]");
  if (!place) return false;
  place.replaceChildren(...parsed(html).children);
  const panel = place.firstElementChild;
  window.htmx?.process(panel);
  panel.querySelector('[data-crossed-way="keep"]').focus();
  hold(text);
  return new Promise((resolve) => {
    const close = (way) => {
      panel.remove();
      [begun, told] = [panel.dataset.last, panel.dataset.told.split(",")];
      release(way === "keep");
      if (way === "send") resolve(again(known()));
      else resolve(way === "discard" ? discard() : false);
    };
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close("keep");
    });
    panel.addEventListener("click", (event) => {
      const way = event.target.closest("[data-crossed-way]")?.dataset.crossedWay;
      if (way) close(way);
    });
  });
}

// What was written stands there while one thinks, and cannot be changed.
function hold(text) {
  const area = field();
  if (!area) return;
  area.value ||= text;
  area.closest("[data-composer]").inert = true;
}

function release(isKept) {
  const area = field();
  if (!area) return;
  area.closest("[data-composer]").inert = false;
  if (!isKept) area.value = "";
  area.focus();
}

function forget() {
  [begun, told] = [null, []];
}

function discard() {
  forget();
  const draft = document.querySelector("[data-composer]")?.dataset.draft;
  if (draft) ask(draft, { method: "POST", fields: { text: "" } }).catch(() => {});
  return true;
}

document.addEventListener("input", ({ target }) => target.matches?.("[data-composer-text]") && begin());
document.addEventListener("answer:sent", forget);
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "conversation") return;
  forget();
  begin();
});
begin();
