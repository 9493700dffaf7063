// "@" in a note: a list of colleagues under the cursor, walked by arrows, chosen by Enter or a click. A text field shows
// names; what is sent has marks in their place, `@[5]`, by the field's own list of whom its names mean.
import { ask, parsed } from "./http.js";

const SOUGHT = /(^|[\s(])@([\p{L}\p{N}._-]{0,30}(?: [\p{L}\p{N}._-]{1,30}){0,2})$/u;
const loaded = new WeakMap(); // lists → the promise of their options

const people = (area) => JSON.parse(area.dataset.people || "{}");
const listOf = (area) => document.getElementById(area.getAttribute("aria-controls"));
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
const shown = (list) => [...list.querySelectorAll('[role="option"]:not([hidden], [aria-disabled="true"])')];
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export function marked(area) {
  const known = Object.entries(people(area)).sort(([one], [other]) => other.length - one.length);
  return known.reduce((text, [handle, pk]) => text.replace(new RegExp(`@${escaped(handle)}(?![\\p{L}\\p{N}])`, "gu"), `@[${pk}]`), area.value);
}

const sought = (area) => (area.selectionStart === area.selectionEnd ? SOUGHT.exec(area.value.slice(0, area.selectionStart))?.[2] : undefined);

async function look(area) {
  const list = listOf(area);
  if (sought(area) === undefined) return close(area);
  if (!loaded.has(list)) loaded.set(list, ask(area.form.dataset.peopleSrc).then((html) => list.replaceChildren(...parsed(html).children), () => loaded.delete(list)));
  await loaded.get(list);
  const words = sought(area);
  if (words === undefined || document.activeElement !== area) return close(area);
  for (const option of list.children) option.hidden = !fold(option.dataset.handle).includes(fold(words));
  list.hidden = ![...list.children].some((option) => !option.hidden);
  return list.hidden ? close(area) : select(area, shown(list)[0]);
}

function select(area, option) {
  for (const [place, other] of [...listOf(area).children].entries()) {
    other.id ||= `${listOf(area).id}-${place}`;
    other.setAttribute("aria-selected", String(other === option));
  }
  if (!option) return area.removeAttribute("aria-activedescendant");
  area.setAttribute("aria-activedescendant", option.id);
  return option.scrollIntoView({ block: "nearest" });
}

function close(area) {
  const list = listOf(area);
  if (list) list.hidden = true;
  area.removeAttribute("aria-activedescendant");
}

function choose(area, option) {
  const known = people(area);
  let handle = option.dataset.handle;
  for (let number = 2; known[handle] && known[handle] !== Number(option.dataset.mention); number++) handle = `${option.dataset.handle} (${number})`;
  area.dataset.people = JSON.stringify({ ...known, [handle]: Number(option.dataset.mention) });
  const end = area.selectionStart;
  area.setRangeText(`@${handle} `, end - sought(area).length - 1, end, "end");
  close(area);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => target.matches?.("[data-note-text]") && look(target));
document.addEventListener("keydown", (event) => {
  const area = event.target;
  const list = area.matches?.("[data-note-text]") ? listOf(area) : null;
  if (!list || list.hidden || event.isComposing) return;
  const all = shown(list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && all.length) select(area, all.at((at + steps[event.key]) % all.length));
  else if (["Enter", "Tab"].includes(event.key) && all[at]) choose(area, all[at]);
  else if (event.key === "Escape") close(area);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest("[data-mention-list] [role=option]");
  if (option) event.preventDefault(); // the field keeps its cursor
});
document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-mention-list] [role=option]:not([aria-disabled=true])");
  const area = event.target.closest("form")?.querySelector("[data-note-text]");
  if (option) choose(area, option);
  if (!event.target.closest("[data-mention-open]")) return;
  area.focus();
  area.setRangeText(/(^|\s)$/.test(area.value.slice(0, area.selectionStart)) ? "@" : " @", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("focusout", ({ target }) => target.matches?.("[data-note-text]") && close(target));
