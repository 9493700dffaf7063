// Being at the end of a thread: then what is new scrolls into view and counts as read; else a pill says how much there is.
import { messages } from "./entries.js";
import { ask } from "./http.js";

const NEAR = 60; // px from the end that are the end
const stuck = new WeakMap(); // threads whose end one is looking at
const waiting = new WeakMap(); // threads → how many arrived out of sight

const list = (thread) => thread.querySelector("[data-entries]");
const pill = (thread) => thread.parentElement.querySelector("[data-pill]");
const isAtEnd = (thread) => stuck.get(thread) ?? true;

function measure(thread) {
  return !list(thread).dataset.newer && thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR;
}

function toEnd(thread) {
  stuck.set(thread, true);
  thread.scrollTop = thread.scrollHeight;
  count(thread, 0);
  read(thread);
}

function count(thread, number) {
  waiting.set(thread, number);
  const button = pill(thread);
  button.hidden = number === 0;
  button.querySelector("[data-pill-words]").textContent = button.dataset.words.replace("{n}", number);
}

function scrolled(thread) {
  stuck.set(thread, measure(thread));
  if (isAtEnd(thread)) {
    count(thread, 0);
    read(thread);
  }
}

function arrived(thread, nodes) {
  const theirs = nodes.filter((node) => node.classList.contains("is-theirs"));
  const news = nodes.filter((node) => node.matches(".is-theirs, .note:not(.is-mine)"));
  if (theirs.length) {
    say(thread);
    document.body.dispatchEvent(new CustomEvent("thread:theirs"));
  }
  if (isAtEnd(thread)) toEnd(thread);
  else if (news.length) count(thread, (waiting.get(thread) ?? 0) + news.length);
}

function say(thread) {
  const place = thread.parentElement.querySelector("[data-heard]");
  place.textContent = "";
  setTimeout(() => (place.textContent = place.dataset.words), 50);
}

// What was seen is read: a POST of the last message that came, by its number.
async function read(thread) {
  const desk = thread.closest("[data-desk]");
  if (document.hidden || !isAtEnd(thread) || desk?.dataset.at === "list" || thread.dataset.leftUnread) return;
  const upto = Math.max(Number(thread.dataset.upto), ...messages(list(thread)).filter((node) => node.matches(".is-theirs")).map((node) => Number(node.dataset.message)));
  if (!upto || upto <= Number(thread.dataset.read ?? 0)) return;
  thread.dataset.read = upto;
  seen(thread.closest("[data-conversation]").dataset.conversation);
  await ask(thread.dataset.reading, { method: "POST", fields: { upto } }).catch(() => delete thread.dataset.read);
}

// Its row says so at once; the server's own comes with the signal.
function seen(pk) {
  const row = document.getElementById(`talk-${pk}`);
  row?.classList.remove("is-unread");
  row?.querySelector(".count")?.remove();
}

// At the first unread message, or at the end; and there it stays while pictures come and the window changes its size.
function open(thread) {
  const mark = list(thread).querySelector('[data-key="new"]');
  if (mark) thread.scrollTop += mark.getBoundingClientRect().top - thread.getBoundingClientRect().top - 48;
  else thread.scrollTop = thread.scrollHeight;
  scrolled(thread);
  const hold = new ResizeObserver(() => isAtEnd(thread) && (thread.scrollTop = thread.scrollHeight));
  hold.observe(thread);
  hold.observe(list(thread));
}

document.addEventListener("visibilitychange", () => document.querySelectorAll("[data-thread]").forEach(read));

export const follow = { isAtEnd, scrolled, arrived, toEnd, open, read };
