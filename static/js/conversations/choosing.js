// Choosing several conversations: the box on a row, Shift all up to it, ⌘ or Ctrl on the row one more, x on the row with
// the focus, a long touch; Esc none. While some are chosen the bar with their acts stands at the foot of the list.
import { again } from "./talks.js";

const rows = () => document.querySelector("[data-talks]");
const boxes = () => [...(rows()?.querySelectorAll("input[name=lead]") ?? [])];
const chosen = () => boxes().filter((box) => box.checked);
const bar = () => document.querySelector(".talks-chosen");
const boxOf = (node) => node?.closest?.("[data-talk]")?.querySelector("input[name=lead]");
let last = ""; // the lead turned last: its row may have been drawn anew since

function show() {
  const number = chosen().length;
  const template = document.querySelector("template[data-chosen-bar]");
  if (number && !bar() && template) {
    template.after(template.content.cloneNode(true));
    window.htmx.process(bar());
  } else if (!number) {
    bar()?.remove();
  }
  rows()?.classList.toggle("has-chosen", number > 0);
  if (bar()) bar().querySelector("[data-chosen-count]").textContent = number;
}

const most = () => Number(document.querySelector("template[data-chosen-bar]")?.content.firstElementChild.dataset.most ?? 0);

function choose(some, on) {
  let room = most() - chosen().length;
  for (const box of some) {
    if (on && !box.checked && room-- <= 0) break;
    box.checked = on;
  }
  show();
}

export function chooseNone() {
  choose(chosen(), false);
}

function turn(box, upTo = false, on = !box.checked) {
  const all = boxes();
  const to = all.indexOf(box);
  const from = upTo ? all.findIndex((one) => one.value === last) : to;
  const [low, high] = [from < 0 ? to : from, to].sort((a, b) => a - b);
  last = box.value;
  choose(all.slice(low, high + 1), on);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-none]")) return chooseNone();
  if (event.target.closest("[data-choose-all]")) return choose(boxes(), true);
  const box = event.target.closest(".talk-pick input");
  if (box) {
    // The browser has turned it already.
    const on = box.checked;
    box.checked = !on;
    queueMicrotask(() => turn(box, event.shiftKey, on));
    return null;
  }
  const link = event.target.closest("[data-talks] .talk-link");
  if (!link || !(event.shiftKey || event.metaKey || event.ctrlKey)) return null;
  event.preventDefault();
  event.stopPropagation();
  getSelection()?.removeAllRanges();
  return turn(boxOf(link), event.shiftKey, event.shiftKey || undefined);
}, true);

// A long touch.
document.addEventListener("contextmenu", (event) => {
  const box = event.pointerType === "touch" && boxOf(event.target);
  if (!box) return;
  event.preventDefault();
  turn(box);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chosen().length && !document.querySelector("dialog:modal, [popover]:popover-open:not(#toasts)")) chooseNone();
  if (event.key !== "x" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.activeElement?.matches(".talk-link, .talk-pick input") && boxOf(document.activeElement);
  if (!box) return;
  event.preventDefault();
  turn(box);
});

// What was done: the rows as they are now, and nothing is chosen any more.
document.body.addEventListener("talks:acted", ({ detail }) => {
  chooseNone();
  again(detail.ids);
});
// Rows that were drawn again, or another list.
document.body.addEventListener("talks:drawn", show);
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "talks" && show());
addEventListener("pageshow", show);
