// The one menu of all cards: what it offers is fetched as it opens, for the card it was opened at, or for those chosen.
import { columns } from "./page.js";
import { chooseNone, chosen, meant } from "./choosing.js";

const menu = () => document.getElementById("card-menu");
let asked = "";

function aim(opener) {
  const card = opener.closest("[data-card]");
  const cards = card ? meant(card) : chosen();
  const panel = opener.dataset.cardMenu || "card";
  const leads = cards.map((one) => `lead=${one.dataset.card}`).join("&");
  const { menu: address } = columns().dataset;
  asked = `${address}${address.includes("?") ? "&" : "?"}${leads}&panel=${panel}`;
}

// Opens it from the keyboard, at a card.
export function openAt(card, panel) {
  const opener = card.querySelector("[data-card-menu]");
  opener.dataset.cardMenu = panel;
  opener.click();
  opener.dataset.cardMenu = "";
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-card-menu]");
  if (opener) aim(opener);
}, true);

document.addEventListener("menu:open", (event) => {
  if (event.target !== menu()) return;
  window.htmx.ajax("GET", asked, { target: menu(), swap: "innerHTML" });
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.elt.closest?.("#card-menu") && detail.requestConfig.verb === "post") chooseNone();
});
