// Choosing several cards: ⌘ or Ctrl click one more, Shift click all up to it, x on the card with the focus, Esc none.
import { cardsIn, columns } from "./page.js";

let last = ""; // the card turned last: it may have been drawn anew since

export const chosen = () => [...document.querySelectorAll("[data-columns] [data-card].is-chosen")];

// The cards an act is meant for: the chosen ones if this is one of them, else this one.
export function meant(card) {
  const all = chosen();
  return all.includes(card) ? all : [card];
}

export function turn(card, on = !card.classList.contains("is-chosen")) {
  card.classList.toggle("is-chosen", on);
  last = card.id;
  show();
}

export function chooseNone() {
  chosen().forEach((card) => card.classList.remove("is-chosen"));
  show();
}

function upTo(card) {
  const list = card.parentElement;
  const all = cardsIn(list);
  const to = all.indexOf(card);
  const from = all.findIndex((one) => one.id === last);
  const [low, high] = [from < 0 ? to : from, to].sort((a, b) => a - b);
  all.slice(low, high + 1).forEach((one) => one.classList.add("is-chosen"));
  last = card.id;
  show();
}

function show() {
  const bar = document.getElementById("board-selection");
  const number = chosen().length;
  bar.hidden = !number;
  bar.querySelector("[data-chosen-count]").textContent = number;
  document.body.classList.toggle("has-chosen", number > 0);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-none]")) {
    chooseNone();
    return;
  }
  const card = event.target.closest("[data-columns] [data-card]");
  if (!card || event.target.closest(".card-acts")) return;
  if (event.shiftKey || event.metaKey || event.ctrlKey) {
    event.preventDefault();
    getSelection()?.removeAllRanges();
    if (event.shiftKey) upTo(card);
    else turn(card);
  } else {
    event.preventDefault();
    open(card);
  }
});

// The lead's page, as a drawer over the board.
function open(card) {
  const { href } = card.querySelector("[data-card-link]");
  window.htmx.ajax("GET", href, { target: "#drawer", swap: "innerHTML" });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chosen().length && !document.querySelector("dialog:modal, [popover]:popover-open:not(#toasts)")) chooseNone();
});
document.addEventListener("board:changed", () => columns() && show());
