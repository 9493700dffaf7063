// News: cards that an answer brought into #board-news go to their places. What is dragged, focused or chosen stays so.
import { askAbout, cardOf, cardsIn, columns, held, listOf, place } from "./page.js";

const waiting = new Set();

export function hold(leads) {
  leads.forEach((lead) => held.add(lead));
}

export function release(leads) {
  leads.forEach((lead) => held.delete(lead));
  const late = leads.filter((lead) => waiting.delete(lead));
  if (late.length) askAbout(late);
}

function take(card) {
  const lead = card.dataset.card;
  if (held.has(lead)) {
    waiting.add(lead);
    card.remove();
    return;
  }
  const old = cardOf(lead) === card ? document.querySelector(`[data-columns] [data-card="${lead}"]`) : cardOf(lead);
  const focused = old?.contains(document.activeElement) ? document.activeElement : null;
  if (old) {
    if (same(old, card)) {
      card.remove();
      return;
    }
    card.classList.toggle("is-chosen", old.classList.contains("is-chosen"));
    old.replaceWith(card);
  } else {
    listOf(card.dataset.column)?.append(card);
  }
  if (place(card) && focused) refocus(card, focused);
  columns().dispatchEvent(new CustomEvent("board:changed", { bubbles: true }));
}

function same(old, card) {
  return old.dataset.column === card.dataset.column && old.dataset.key === card.dataset.key && plain(old) === plain(card);
}

// Times are written by the browser, and choosing marks the card: neither is news.
const plain = (card) => card.innerHTML.replace(/<time([^>]*)>[^<]*<\/time>/g, "<time$1>").replace(/ (style|data-window|hidden)="[^"]*"/g, "").replace(/data-window-ends/g, "");

function refocus(card, focused) {
  const kind = ["data-card-link", "data-card-menu", "href"].find((name) => focused.hasAttribute(name));
  card.querySelector(kind === "href" ? ".card-acts a" : `[${kind}]`)?.focus({ preventScroll: true });
}

function leave(lead) {
  if (held.has(lead)) waiting.add(lead);
  else document.querySelector(`[data-columns] [data-card="${lead}"]`)?.remove();
}

// A card that only moved: it has been in its stage since now.
function stand({ dataset: { newsPlace: lead, column, key } }) {
  const card = cardOf(lead);
  if (!card) {
    askAbout([lead]);
    return;
  }
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  if (card.dataset.column !== column) card.querySelector(".card-days")?.remove();
  Object.assign(card.dataset, { column, key });
  if (place(card)) focused?.focus({ preventScroll: true });
}

// A whole column: those that are not in it any more go, the rest is put in order.
function reconcile(news) {
  const list = listOf(news.dataset.newsColumn);
  if (!list) return;
  const fresh = cardsIn(news);
  const there = new Set(fresh.map((card) => card.dataset.card));
  cardsIn(list).filter((card) => !there.has(card.dataset.card)).forEach((card) => leave(card.dataset.card));
  list.querySelector(":scope > [data-more]")?.remove();
  const more = news.querySelector(":scope > [data-more]");
  fresh.forEach(take);
  if (more) list.append(more);
}

function apply(root) {
  root.querySelectorAll("[data-news-cards] > [data-card]").forEach(take);
  root.querySelectorAll("[data-news-place]").forEach(stand);
  root.querySelectorAll("[data-news-gone]").forEach((gone) => gone.dataset.newsGone.split(" ").forEach(leave));
  root.querySelectorAll("[data-news-column]").forEach(reconcile);
  root.replaceChildren();
  columns()?.dispatchEvent(new CustomEvent("board:changed", { bubbles: true }));
}

document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (detail.target?.id === "board-news") apply(detail.target);
});

// "More" says how many there are, so that a column ends at what a page can hold; what came twice stays once.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches?.("[data-more]")) return;
  detail.parameters.set?.("shown", cardsIn(detail.elt.parentElement).length);
});
document.addEventListener("htmx:afterSettle", () => {
  const seen = new Set();
  document.querySelectorAll("[data-columns] [data-card]").forEach((card) => {
    if (seen.has(card.dataset.card)) card.remove();
    seen.add(card.dataset.card);
  });
});
