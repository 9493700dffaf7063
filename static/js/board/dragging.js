// Dragging cards by mouse and touch. SortableJS picks up, shows and scrolls; where a card may land is decided here.
import { askAbout, columns, isManual, listOf, neighbours, place, sectionOf, send, stageOf } from "./page.js";
import { hold, release } from "./news.js";
import { chooseNone, meant } from "./choosing.js";

const LONG = 250; // ms of touch before a card is picked up, so that a column still scrolls
let under; // the column or the place of the strip below the pointer
let drag; // { cards, from: [[card, parent, next]] }

await import("../vendor/sortable.js");

function bind() {
  document.querySelectorAll("[data-columns] [data-cards]").forEach((list) => {
    if (window.Sortable.get(list)) return;
    window.Sortable.create(list, {
      group: "cards",
      draggable: "[data-card]",
      filter: ".card-acts",
      preventOnFilter: false,
      sort: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: LONG,
      delayOnTouchOnly: true,
      touchStartThreshold: 4,
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      fallbackClass: "is-flying",
      ghostClass: "is-ghost",
      scroll: true,
      bubbleScroll: true,
      scrollSensitivity: 60,
      onStart: start,
      onMove: () => isManual(), // else the place is the order's, and only the column is chosen
      onEnd: end,
    });
  });
}

function start({ item }) {
  const cards = meant(item);
  drag = { cards, from: cards.map((card) => [card, card.parentElement, card.nextElementSibling]) };
  hold(cards.map((card) => card.dataset.card));
  document.body.classList.add("is-dragging");
  cards.filter((card) => card !== item).forEach((card) => card.classList.add("is-along"));
  if (cards.length > 1) document.querySelector(".is-flying")?.setAttribute("data-count", cards.length);
  addEventListener("pointermove", look, { passive: true });
  addEventListener("touchmove", look, { passive: true });
}

function look(event) {
  const { clientX: x, clientY: y } = event.touches?.[0] ?? event;
  const found = document.elementFromPoint(x, y);
  const now = found?.closest("[data-drop]") ?? sectionOf(found);
  if (now === under) return;
  under?.classList.remove("is-over");
  under = now;
  if (under && !("closed" in under.dataset)) under.classList.add("is-over");
}

function end({ item }) {
  removeEventListener("pointermove", look);
  removeEventListener("touchmove", look);
  document.body.classList.remove("is-dragging");
  under?.classList.remove("is-over");
  const { cards, from } = drag;
  const target = under;
  under = undefined;
  cards.forEach((card) => card.classList.remove("is-along"));
  if (target?.dataset.drop) {
    back(from);
    drop(target.dataset.drop, cards);
  } else if (!target || "closed" in target.dataset) {
    back(from);
    release(cards.map((card) => card.dataset.card));
  } else {
    land(item, cards, from, target.dataset.stage);
  }
}

function land(item, cards, from, stage) {
  const manual = isManual();
  const moved = from.some(([, parent]) => stageOf(parent) !== stage);
  const replaced = manual && (item.parentElement !== from.find(([card]) => card === item)[1] || item.nextElementSibling !== from.find(([card]) => card === item)[2]);
  if (!moved && !replaced) {
    back(from);
    release(cards.map((card) => card.dataset.card));
    return;
  }
  const list = listOf(stage);
  if (manual && item.parentElement === list) item.after(...cards.filter((card) => card !== item));
  const where = manual ? { after: neighbours(cards[0]).after, before: neighbours(cards.at(-1)).before } : {};
  move(cards, stage, where, from);
}

// At once in the page; back to where it was if it is refused.
export async function move(cards, stage, where, from = cards.map((card) => [card, card.parentElement, card.nextElementSibling])) {
  const leads = cards.map((card) => card.dataset.card);
  hold(leads);
  cards.forEach((card) => (card.dataset.column = stage));
  if (!isManual()) cards.forEach(place);
  const status = await send("moves", { lead: leads, stage, ...where });
  const done = status === 200;
  if (done) {
    from.filter(([, parent]) => stageOf(parent) !== stage).forEach(([card]) => card.querySelector(".card-days")?.remove());
    chooseNone();
  } else if (status !== 422) {
    back(from);
    if (status) askAbout(leads); // it is gone, or not ours to move: what is it now?
  }
  release(leads);
  return done;
}

function back(from) {
  for (const [card, parent, next] of [...from].reverse()) {
    card.dataset.column = stageOf(parent) ?? card.dataset.column;
    parent.insertBefore(card, next?.parentElement === parent ? next : null);
  }
}

async function drop(act, cards) {
  const leads = cards.map((card) => card.dataset.card);
  release(leads);
  if (act === "archive") {
    if ((await send("archivals", { lead: leads, archived: 1 })) === 200) chooseNone();
  } else if (act === "won") {
    if ((await send("closures", { lead: leads, outcome: "won" })) === 200) chooseNone();
  } else {
    const query = new URLSearchParams([["outcome", "lost"], ...leads.map((lead) => ["lead", lead])]);
    window.htmx.ajax("GET", `${columns().dataset.closures}?${query}`, { target: "#dialog", swap: "innerHTML" });
  }
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (["board", "board-columns"].includes(detail.target?.id)) bind();
});
bind();
