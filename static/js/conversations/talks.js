// The list of conversations while one looks at it: rows that changed are fetched and put where they belong, and the row
// under the pointer stays under it.
import { ask, parsed } from "./http.js";

const MOST = 200; // rows asked for again at once
const rows = () => document.querySelector("[data-talks]");
const shown = (list) => [...list.querySelectorAll(":scope > [data-talk]")];
let pointed = null; // the row under the pointer
let asking = null; // the request for rows that is under way
const wanted = new Set(); // what is asked for by the next one

document.addEventListener("pointerover", ({ target }) => (pointed = target.closest?.("[data-talk]") ?? null));

export const here = () => document.querySelector("[data-conversation]")?.dataset.conversation;

export function mark(pk) {
  for (const link of document.querySelectorAll(".talk-link")) {
    if (link.parentElement.dataset.talk === pk) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// One request at a time: what changes meanwhile is asked for in the next one, all of it together.
export function again(ids) {
  const list = rows();
  if (list && !list.dataset.again) return reload();
  if (list) ids.forEach((id) => wanted.add(String(id)));
  asking ??= drain().finally(() => (asking = null));
  return asking;
}

async function drain() {
  for (let list = rows(); list?.dataset.again && wanted.size; list = rows()) {
    const ids = [...wanted].slice(0, MOST);
    ids.forEach((id) => wanted.delete(id));
    const address = new URL(list.dataset.again, location.href);
    address.searchParams.set("ids", ids.join(","));
    const found = parsed(await ask(address.href)).querySelectorAll("[data-talk]");
    if (list.isConnected) apply(list, ids, [...found]);
  }
  wanted.clear();
}

// An empty list has no rows to put others among.
function reload() {
  window.htmx.ajax("GET", location.pathname.replace(/conversations\/.*/, "conversations/") + location.search, { target: "#talks" });
}

function apply(list, asked, found) {
  const held = pointed?.isConnected ? pointed.dataset.talk : null;
  const before = held ? list.querySelector(`[data-talk="${held}"]`).getBoundingClientRect().top : 0;
  const top = list.scrollTop;
  const came = new Set(found.map((row) => row.dataset.talk));
  for (const pk of asked) if (!came.has(pk) && pk !== here()) list.querySelector(`[data-talk="${pk}"]`)?.remove();
  for (const row of found) put(list, row, held);
  mark(here());
  window.htmx.process(list);
  document.body.dispatchEvent(new CustomEvent("talks:drawn"));
  const row = held && list.querySelector(`[data-talk="${held}"]`);
  if (row) list.scrollTop = top + row.getBoundingClientRect().top - before;
}

function put(list, row, held) {
  const old = list.querySelector(`[data-talk="${row.dataset.talk}"]`);
  const focused = old?.contains(document.activeElement);
  row.querySelector("input[name=lead]").checked = old?.querySelector("input[name=lead]").checked ?? false;
  if (old && (held === row.dataset.talk || old.dataset.place === row.dataset.place)) {
    old.replaceWith(row);
  } else {
    const place = Number(row.dataset.place);
    const next = shown(list).find((other) => other !== old && Number(other.dataset.place) > place);
    const loader = list.querySelector(":scope > :is([data-more], .talks-full):last-child");
    old?.remove();
    if (!next && loader) return; // further down than what is loaded
    list.insertBefore(row, next ?? loader ?? null);
    row.classList.add("is-new");
  }
  if (pointed === old) pointed = row;
  if (focused) row.querySelector(".talk-link").focus({ preventScroll: true });
}

const ids = (event) => [...new Set(event.detail.ids.map(({ id }) => id).filter(Boolean))];

for (const kind of ["lead", "reading"]) {
  document.body.addEventListener(`live:${kind}`, (event) => {
    if (rows()?.dataset.searching && kind === "lead") return;
    if (rows()) again(ids(event));
  });
}

document.body.addEventListener("live:refresh", () => {
  const list = rows();
  if (list) again(shown(list).map((row) => row.dataset.talk));
});
