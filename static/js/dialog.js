// Dialogs and drawers: opened by a button, or when htmx has put something into a fetched one.
import { isDirty } from "./unsaved.js";

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  if (!dialog.querySelector("[autofocus]")) {
    dialog.querySelector(".dialog-content, .drawer-content")
      ?.querySelector("input:not([type=hidden]), select, textarea")
      ?.focus();
  }
}

// Asks only when something written would be lost.
function close(dialog) {
  if (!dialog?.open) return;
  if (isDirty(dialog) && !confirm(document.body.dataset.unsaved)) return;
  dialog.close();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    opener.closest("[popover]")?.hidePopover();
    open(document.getElementById(opener.dataset.dialogOpen));
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    close(closer.closest("dialog"));
    return;
  }
  // A click on the backdrop has the dialog itself as target, outside its box.
  if (event.target instanceof HTMLDialogElement && event.target.matches("[data-dialog]") && outside(event)) {
    close(event.target);
  }
});

function outside(event) {
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return (x || y) && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}

document.addEventListener("cancel", (event) => {
  if (!event.target.matches?.("dialog[data-dialog]")) return;
  if (isDirty(event.target) && !confirm(document.body.dataset.unsaved)) event.preventDefault();
}, true);

document.addEventListener("close", (event) => {
  if (event.target.matches?.("dialog[data-fetched]")) event.target.replaceChildren();
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target;
  if (dialog?.matches?.("dialog[data-fetched]") && dialog.childElementCount) open(dialog);
});

// An answer that asks for something: {"dialog:fetch": {href}}.
document.addEventListener("dialog:fetch", ({ detail }) => {
  window.htmx.ajax("GET", detail.href, { target: "#dialog", swap: "innerHTML" });
});

for (const id of ["dialog", "drawer"]) {
  document.addEventListener(`${id}:close`, () => document.getElementById(id)?.close());
}
document.querySelectorAll("dialog[data-open]").forEach(open);
