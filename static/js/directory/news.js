// Leads that change while one looks at the directory: their rows are fetched and take the places of the old ones. None
// comes, goes or moves; one that no longer fits is only paler, and can't be chosen, until the list is asked for again. Where
// none is left that fits, that is at once.
import { ask, parsed } from "../conversations/http.js";
import { show } from "./choosing.js";

const MOST = 200; // rows asked for at once
const table = () => document.querySelector("[data-directory] [data-again]");
const rows = () => [...(table()?.querySelectorAll("[data-lead]") ?? [])];
const wanted = new Set();
let asking = null;

function again(ids) {
  ids.forEach((id) => wanted.add(String(id)));
  asking ??= drain().finally(() => (asking = null));
}

async function drain() {
  while (wanted.size && table()) {
    const shown = table();
    const ids = [...wanted].slice(0, MOST);
    ids.forEach((id) => wanted.delete(id));
    const address = new URL(shown.dataset.again, location.href);
    address.searchParams.set("ids", ids.join(","));
    const found = parsed(await ask(address.href)).querySelectorAll("[data-lead]");
    if (shown.isConnected) apply(shown, ids, [...found]);
  }
  wanted.clear();
}

function apply(shown, ids, found) {
  const fresh = new Map(found.map((row) => [row.dataset.lead, row]));
  const struck = [];
  for (const id of ids) {
    const old = shown.querySelector(`[data-lead="${CSS.escape(id)}"]`);
    if (!old) continue;
    if (fresh.has(id)) put(old, fresh.get(id));
    else if (!old.classList.contains("is-gone")) struck.push(old);
  }
  if (!struck.length) return;
  struck.forEach(strike);
  show();
  if (rows().every((row) => row.classList.contains("is-gone"))) {
    window.htmx.ajax("GET", location.href, { source: shown, target: "#directory-list", select: "#directory-list", swap: "outerHTML" });
  } else document.body.dispatchEvent(new CustomEvent("directory:struck")); // those that are left are counted anew
}

function strike(row) {
  row.classList.add("is-gone");
  Object.assign(row.querySelector("input[name=lead]"), { checked: false, disabled: true });
}

function put(old, row) {
  row.querySelector("input[name=lead]").checked = old.querySelector("input[name=lead]").checked;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(row);
  window.htmx.process(row);
  if (focused) row.querySelector(focused.matches("input") ? "input" : "a").focus({ preventScroll: true });
}

document.body.addEventListener("live:lead", ({ detail }) => {
  if (!table()) return;
  const here = new Set(rows().map((row) => row.dataset.lead));
  again(detail.ids.map(({ id }) => String(id)).filter((id) => here.has(id)));
});
document.body.addEventListener("live:refresh", () => table() && again(rows().map((row) => row.dataset.lead)));
