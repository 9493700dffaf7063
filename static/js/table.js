// Selecting rows: table[data-selectable], its header's box, and the bar at the foot.

function refresh(table) {
  const boxes = [...table.querySelectorAll('tbody input[name="selected"]')];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-select-all]");
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  const bar = document.querySelector(`[data-selection-bar="${CSS.escape(table.id)}"]`);
  if (!bar) return;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-selection-count]").textContent = chosen.toLocaleString(document.documentElement.lang);
}

function mark(table, checked) {
  table.querySelectorAll('tbody input[name="selected"]').forEach((box) => (box.checked = checked));
  refresh(table);
}

let last = null;

document.addEventListener("click", (event) => {
  const none = event.target.closest("[data-select-none]");
  if (none) mark(document.getElementById(none.closest("[data-selection-bar]").dataset.selectionBar), false);
  const box = event.target.closest('table[data-selectable] input[name="selected"]');
  if (!box) return;
  const boxes = [...box.closest("table").querySelectorAll('tbody input[name="selected"]')];
  if (event.shiftKey && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const table = event.target.closest("table[data-selectable]");
  if (!table) return;
  if (event.target.matches("[data-select-all]")) mark(table, event.target.checked);
  else refresh(table);
});
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("table[data-selectable]").forEach(refresh));
