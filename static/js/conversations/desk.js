// The screen as a whole: which of its three pages a phone shows, what is open, and the keys.
import { press } from "../shortcuts.js";
import { follow } from "./following.js";
import { here, mark } from "./talks.js";
import { write } from "./writing.js";

const desk = () => document.querySelector("[data-desk]");
const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");

function go(to) {
  const place = desk();
  if (place) place.dataset.at = to;
}

function opened() {
  const thread = document.querySelector("[data-thread]");
  if (thread) follow.open(thread);
}

let coming = ""; // the conversation that was asked for and is not here yet
const asked = (detail) => detail.requestConfig.elt.matches?.(".talk-link") && detail.requestConfig.elt.parentElement.dataset.talk;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!asked(detail)) return;
  coming = asked(detail);
  mark(coming);
  go("thread");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (asked(detail) === coming) coming = "";
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "conversation") return;
  opened();
  mark(here()); // its row may have been drawn anew meanwhile
});
document.addEventListener("htmx:afterSettle", ({ target }) => then && goOn(target));

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-desk-to]");
  if (!way || !desk()) return;
  const to = way.dataset.deskTo;
  // On a wide screen the lead is there already: its name leads to its page.
  if (to === "lead" && way.matches("a") && matchMedia("(min-width: 1200px)").matches) return;
  event.preventDefault();
  go(to === "lead" && desk().dataset.at === "lead" ? "thread" : to);
  if (to === "list") history.pushState(history.state, "", way.href + location.search);
});

document.addEventListener("click", (event) => {
  const thread = event.target.closest("[data-left-unread]") && document.querySelector("[data-thread]");
  if (thread) thread.dataset.leftUnread = "1";
});

function step(by) {
  const links = [...document.querySelectorAll(".talk-link")];
  const at = links.findIndex((link) => link === document.activeElement);
  const from = at >= 0 ? at : links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.max(0, Math.min(links.length - 1, from + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write("answer"),
  n: () => write("note"),
};
document.addEventListener("keydown", (event) => {
  if (!desk() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog:modal, [popover][data-menu]:popover-open")) return;
  if (KEYS[event.key]?.()) event.preventDefault();
});

// What is done to a conversation is done to the row one has walked to: where another one is open, it is opened first.
const ACTS = "rnamtsue";
let then = null; // { key, pk }: what is still to be done, and to which

document.addEventListener("shortcut", (event) => {
  const { key } = event.detail;
  const row = desk() && document.activeElement?.closest(".talk-link");
  const pk = row ? row.parentElement.dataset.talk : here();
  if (key === "t" && desk() && pk === here()) beside();
  if (pk === here() || !ACTS.includes(key)) return;
  event.preventDefault();
  then = { key, pk };
  if (coming !== pk) row.click();
});

// The lead is beside the thread, or where there is no room, over it.
function beside() {
  if (document.querySelector(".lead-panel") && matchMedia("(max-width: 1199px)").matches) go("lead");
}

// Once what the key is of has come and is bound: what settles beside it says nothing of that.
function goOn(settled) {
  const { key, pk } = then;
  if (here() !== pk || !settled.querySelector(KEYS[key] ? "[data-thread]" : `[data-key="${key}"]`)) return;
  then = null;
  if (key === "t") beside();
  if (!KEYS[key]?.()) press(key);
}

const sheet = document.querySelector("template[data-page-shortcuts]");
if (sheet) document.getElementById("page-shortcuts")?.append(sheet.content.cloneNode(true));
opened();
