// The board as it stands in the page: columns, cards, their places, and how acts on them are sent.
export const columns = () => document.querySelector("[data-columns]");
export const cardOf = (lead) => document.getElementById(`card-${lead}`);
export const listOf = (stage) => document.querySelector(`#column-${CSS.escape(stage)} [data-cards]`);
export const sectionOf = (node) => node?.closest?.("[data-stage]");
export const stageOf = (node) => sectionOf(node)?.dataset.stage;
export const cardsIn = (list) => [...list.querySelectorAll(":scope > [data-card]")];
export const isManual = () => columns().dataset.sort === "manual";

// Where a card stands by its key; null: at the end. Keys are ASCII and sort as the server sorts them.
export function follower(list, card) {
  return cardsIn(list).find((other) => other !== card && other.dataset.key > card.dataset.key) ?? null;
}

// Puts a card into its column, in order. Below what has been fetched there is no place: it comes with the rest.
export function place(card) {
  const list = listOf(card.dataset.column);
  const more = list?.querySelector(":scope > [data-more]");
  const next = list && follower(list, card);
  if (!list || (!next && more)) {
    card.remove();
    return false;
  }
  if (card.parentElement !== list || card.nextElementSibling !== (next ?? more ?? null)) list.insertBefore(card, next ?? more ?? null);
  return true;
}

export const neighbours = (card) => ({
  after: card.previousElementSibling?.dataset.card ?? "",
  before: card.nextElementSibling?.dataset.card ?? "",
});

// Says something to who cannot see it: words come from data-*, with {name} in them.
export function say(words, values = {}) {
  document.getElementById("board-said").textContent = words.replace(/{(\w+)}/g, (_all, name) => values[name] ?? "");
}

export function words(name) {
  return document.getElementById("board").dataset[name] ?? "";
}

// Leads that are dragged or sent: their news wait in news.js, but for those that the act itself brings.
export const held = new Set();

// Each request has an element of its own: htmx lets requests of one element wait for, or replace, each other.
async function request(verb, url, values) {
  const source = document.createElement("span");
  source.hidden = true;
  document.body.append(source);
  let status = 0;
  source.addEventListener("htmx:afterRequest", ({ detail }) => ({ status } = detail.xhr));
  source.addEventListener("htmx:beforeSwap", () => values?.lead?.forEach((lead) => held.delete(lead)));
  try {
    await window.htmx.ajax(verb, url, { source, target: source, swap: "none", values });
  } finally {
    source.remove();
  }
  return status;
}

// Sends an act; htmx brings its news and its toast. The status: 422 is a refusal, whose news have put the cards right.
export const send = (act, values) => request("POST", columns().dataset[act], values);

// Asks how leads are now, or whole columns.
export function ask(pairs) {
  const url = new URL(columns().dataset.news, location.href);
  for (const [name, value] of pairs) url.searchParams.append(name, value);
  return request("GET", url.pathname + url.search);
}

export const askAbout = (leads) => ask([...new Set(leads)].map((lead) => ["lead", lead]));

// Everything that is shown, as it is now.
export function askAll() {
  const all = [...document.querySelectorAll("[data-stage]")];
  return ask(all.map((section) => ["column", `${section.dataset.stage}:${section.querySelectorAll("[data-card]").length}`]));
}
