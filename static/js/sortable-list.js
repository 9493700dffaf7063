// [data-sortable="form id"]: rows that are dragged by their handle, or moved by arrows on it; the form sends the new order.
// Without an id the rows stand in a form themselves, which is sent by its own button.

let said;

async function bind(list) {
  await import("./vendor/sortable.js");
  if (window.Sortable.get(list)) return;
  window.Sortable.create(list, { handle: "[data-handle]", draggable: "[data-sortable-item]", animation: 120, forceFallback: true, ghostClass: "is-ghost", onEnd: () => send(list) });
}

function send(list) {
  if (!list.dataset.sortable) return;
  const form = document.getElementById(list.dataset.sortable);
  form.querySelectorAll("[name=order]").forEach((input) => input.remove());
  list.querySelectorAll("[name=order]").forEach((input) => form.append(input.cloneNode()));
  form.requestSubmit();
}

function say(list, row) {
  const rows = [...list.querySelectorAll("[data-sortable-item]")];
  const name = row.querySelector(".order-name, .order-input");
  const values = { name: name.value ?? name.textContent, place: rows.indexOf(row) + 1, count: rows.length };
  list.parentElement.querySelector("[data-sortable-said]").textContent = list.dataset.said.replace(/{(\w+)}/g, (_all, key) => values[key]);
}

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const row = handle.closest("[data-sortable-item]");
  const list = row.closest("[data-sortable]");
  if (event.key === "ArrowUp") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  handle.focus();
  say(list, row);
  clearTimeout(said);
  said = setTimeout(() => send(list), 400); // several steps are one order
});

const bindAll = (root) => root.querySelectorAll?.("[data-sortable]").forEach(bind);
document.addEventListener("htmx:load", ({ detail }) => bindAll(detail.elt));
bindAll(document);
