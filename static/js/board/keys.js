// The keyboard on a board: arrows walk, ⌥ + arrows move the card, x chooses, m moves, s sets the status, a assigns.
import { cardsIn, columns, isManual, listOf, say, sectionOf, words } from "./page.js";
import { move } from "./dragging.js";
import { meant, turn } from "./choosing.js";
import { openAt } from "./menu.js";

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const focusOf = (card) => card?.querySelector("[data-card-link]")?.focus();
const nameOf = (card) => card.querySelector("[data-card-link]").textContent.trim();

function beside(card, step) {
  const all = [...document.querySelectorAll("[data-stage]")];
  const rtl = getComputedStyle(columns()).direction === "rtl" ? -1 : 1;
  return all[all.indexOf(sectionOf(card)) + step * rtl];
}

function walk(card, [across, along]) {
  const list = cardsIn(card.parentElement);
  const at = list.indexOf(card);
  if (along) return focusOf(list[at + along]);
  for (let next = beside(card, across); next; next = across > 0 ? next.nextElementSibling : next.previousElementSibling) {
    const cards = next.matches?.("[data-stage]") ? cardsIn(next.querySelector("[data-cards]")) : [];
    if (cards.length) return focusOf(cards[Math.min(at, cards.length - 1)]);
  }
}

async function carry(card, [across, along]) {
  const cards = meant(card);
  if (along) {
    if (!isManual()) return say(words("unordered"));
    const list = cardsIn(card.parentElement);
    const next = list[list.indexOf(card) + along];
    if (!next) return;
    const from = [[card, card.parentElement, card.nextElementSibling]];
    if (along < 0) next.before(card);
    else next.after(card);
    const stage = sectionOf(card).dataset.stage;
    focusOf(card);
    await move([card], stage, { after: card.previousElementSibling?.dataset.card ?? "", before: card.nextElementSibling?.dataset.card ?? "" }, from);
  } else {
    const next = beside(card, across);
    if (!next || "closed" in next.dataset) return;
    const from = cards.map((one) => [one, one.parentElement, one.nextElementSibling]);
    if (isManual()) listOf(next.dataset.stage).prepend(...cards);
    const sent = move(cards, next.dataset.stage, {}, from);
    focusOf(card);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!(await sent)) return;
  }
  tell(card);
}

function tell(card) {
  const now = document.getElementById(card.id);
  if (!now) return;
  const list = cardsIn(now.parentElement);
  say(words("moved"), { name: nameOf(now), stage: sectionOf(now).dataset.name, place: list.indexOf(now) + 1, count: list.length });
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-columns] [data-card]");
  if (!card || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
  const step = STEPS[event.key];
  if (step) {
    event.preventDefault();
    if (event.altKey) carry(card, step);
    else walk(card, step);
    return;
  }
  if (event.altKey || event.shiftKey) return;
  const acts = { x: () => turn(card), m: () => openAt(card, "stage"), s: () => openAt(card, "status"), a: () => openAt(card, "assignee"), c: () => card.querySelector(".card-acts a").click() };
  if (!acts[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
});
