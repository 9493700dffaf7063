// Choosing leads of the directory: the box on a row, Shift all up to it, the head's box the whole page. While some are
// chosen the bar with their acts stands at the foot; its form sends their numbers.
export const boxes = () => [...document.querySelectorAll("[data-directory] [data-rows] input[name=lead]:enabled")];
export const chosen = () => boxes().filter((box) => box.checked);
const part = (name) => document.querySelector(`[data-directory] [${name}]`);
let last = ""; // the lead turned last: its row may have been drawn anew since

export function show() {
  const bar = part("data-chosen-bar");
  if (!bar) return;
  const number = chosen().length;
  bar.hidden = number === 0;
  bar.querySelector("[data-chosen-count]").textContent = number.toLocaleString(document.documentElement.lang);
  const all = part("data-pick-all");
  if (all) {
    all.checked = number > 0 && number === boxes().length;
    all.indeterminate = number > 0 && !all.checked;
  }
  bar.dispatchEvent(new CustomEvent("directory:chosen", { bubbles: true }));
}

export function choose(some, on) {
  some.forEach((box) => (box.checked = on));
  show();
}

export function turn(box, upTo = false, on = !box.checked) {
  const all = boxes();
  const to = all.indexOf(box);
  if (to < 0) return; // it is gone
  const from = upTo ? all.findIndex((one) => one.value === last) : to;
  const [low, high] = [from < 0 ? to : from, to].sort((a, b) => a - b);
  last = box.value;
  choose(all.slice(low, high + 1), on);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-directory] [data-choose-none]")) return choose(boxes(), false);
  const box = event.target.closest("[data-directory] [data-rows] input[name=lead]");
  if (!box) return null;
  return turn(box, event.shiftKey, box.checked); // the browser has turned it already
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-directory] [data-pick-all]")) choose(boxes(), event.target.checked);
});
// Enter in a field of the form would send it nowhere.
document.addEventListener("submit", (event) => event.target.matches("[data-chosen]") && event.preventDefault());
document.addEventListener("htmx:afterSettle", () => part("data-chosen-bar") && show());
addEventListener("pageshow", show);
