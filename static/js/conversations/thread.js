// An open thread: where it opens, what is loaded when one scrolls, what arrives while one looks at it.
import { merge, messages, stretch } from "./entries.js";
import { ask, parsed } from "./http.js";
import { follow } from "./following.js";

const AHEAD = 900; // px from an end at which more is loaded
const busy = new WeakSet();

export const current = () => document.querySelector("[data-thread]");
export const list = (thread) => thread.querySelector("[data-entries]");
const [first, last] = [0, -1].map((place) => (thread) => messages(list(thread)).at(place)?.dataset.message);

async function fetched(thread, query) {
  return stretch(parsed(await ask(`${thread.dataset.src}?${new URLSearchParams(query)}`)));
}

// Whatever is done to the lines, those one looks at stay where they are.
export function keepingPlace(thread, act) {
  const top = thread.getBoundingClientRect().top;
  const seen = messages(list(thread)).find((node) => node.getBoundingClientRect().bottom > top);
  const before = seen?.getBoundingClientRect().top;
  const result = act();
  if (seen?.isConnected) thread.scrollTop += seen.getBoundingClientRect().top - before;
  return result;
}

async function more(thread, way) {
  const from = way === "older" ? first(thread) : last(thread);
  if (busy.has(thread) || !from || !list(thread).dataset[way]) return;
  busy.add(thread);
  try {
    const found = await fetched(thread, { [way]: from });
    keepingPlace(thread, () => merge(list(thread), found.items));
    list(thread).dataset[way] = found[way];
  } finally {
    busy.delete(thread);
  }
}

// What is shown is drawn again, and what came since. Answers with the messages that are new.
export async function refresh(thread = current()) {
  if (!thread || list(thread).dataset.newer) return [];
  const from = first(thread);
  const mark = list(thread).querySelector('[data-key="new"] ~ [data-message]')?.dataset.message;
  const found = await fetched(thread, from ? { since: from, ...(mark && { new: mark }) } : {});
  if (!thread.isConnected) return [];
  thread.querySelector("[data-empty]")?.remove();
  const draw = () => merge(list(thread), found.items);
  const added = follow.isAtEnd(thread) ? draw() : keepingPlace(thread, draw);
  follow.arrived(thread, added.filter((node) => node.isConnected && (node.dataset.message || node.dataset.note)));
  return added;
}

// All lines anew: around one message, or the newest.
export async function show(thread, query = {}) {
  const found = await fetched(thread, query);
  list(thread).replaceChildren(...found.items);
  Object.assign(list(thread).dataset, { older: found.older, newer: found.newer });
  window.htmx?.process(list(thread));
}

export async function jump(thread, pk) {
  let there = document.getElementById(`m${pk}`);
  if (!there) {
    await show(thread, { around: pk });
    there = document.getElementById(`m${pk}`);
  }
  there?.scrollIntoView({ block: "center" });
  there?.classList.add("is-found");
  setTimeout(() => there?.classList.remove("is-found"), 1_500);
}

document.addEventListener("scroll", ({ target: thread }) => {
  if (!thread.matches?.("[data-thread]")) return;
  if (thread.scrollTop < AHEAD) more(thread, "older");
  if (thread.scrollHeight - thread.scrollTop - thread.clientHeight < AHEAD) more(thread, "newer");
  follow.scrolled(thread);
}, { capture: true, passive: true });

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-jump]");
  if (!link) return;
  event.preventDefault();
  jump(link.closest("[data-thread]"), link.dataset.jump);
});

// An address may name a message of the thread it opens.
function jumpToNamed() {
  const named = location.hash.match(/^#m(\d+)$/);
  if (named && current()) jump(current(), named[1]);
}
window.addEventListener("hashchange", jumpToNamed);
window.addEventListener("load", jumpToNamed);

document.addEventListener("click", async ({ target }) => {
  const thread = target.closest("[data-pill]") && current();
  if (!thread) return;
  if (list(thread).dataset.newer) await show(thread);
  follow.toEnd(thread);
});

// What was said, and what happened to the lead: both come at once with most messages, and are fetched once.
let due;
for (const kind of ["thread", "lead"]) document.body.addEventListener(`live:${kind}`, ({ detail }) => {
  const pk = document.querySelector("[data-conversation]")?.dataset.conversation;
  if (detail.ids.some(({ id }) => String(id) === pk)) due ??= setTimeout(() => (due = null, refresh()));
});
document.body.addEventListener("live:refresh", () => refresh());
