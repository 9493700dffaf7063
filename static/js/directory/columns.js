// [data-column-order]: heads that are dragged into another order, which is kept as the dialog of columns keeps it, and from
// the keyboard there. On the screens of fingers the heads scroll with the table.
const row = () => document.querySelector("[data-column-order]");

async function bind(heads) {
  if (matchMedia("(pointer: coarse)").matches) return;
  await import("../vendor/sortable.js");
  if (!heads.isConnected || window.Sortable.get(heads)) return;
  window.Sortable.create(heads, { draggable: "[data-column]", direction: "horizontal", animation: 120, forceFallback: true, fallbackTolerance: 5, ghostClass: "is-ghost", onEnd });
}

function onEnd({ from, oldIndex, newIndex }) {
  if (oldIndex === newIndex) return;
  const columns = [...from.querySelectorAll("[data-column]")].map((head) => head.dataset.column);
  window.htmx.ajax("POST", from.dataset.columnOrder, { source: from, swap: "none", values: { columns } });
}

const bindRow = () => row() && bind(row());
document.addEventListener("htmx:load", bindRow);
bindRow();
