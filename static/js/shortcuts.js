// Keys: Ctrl/⌘ K palette, ? the list, / the page's search, g and a letter to go, and [data-key] on whatever a key clicks or enters.
import { open as openPalette } from "./palette.js";

const PATIENCE = 1200; // ms between g and its letter
let going = 0;

const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.key.length !== 1) return;
  if (typing(event.target) || document.querySelector("dialog:modal")) return;
  if (act(event.key.toLowerCase())) event.preventDefault();
});

function act(key) {
  if (Date.now() - going < PATIENCE) {
    going = 0;
    return click(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g" && document.querySelector("[data-go]")) {
    going = Date.now();
    return true;
  }
  if (key === "?") {
    document.getElementById("shortcuts")?.showModal();
    return true;
  }
  if (key === "/") {
    const field = document.querySelector("main input[type=search]");
    field?.focus();
    field?.select();
    if (!field) openPalette();
    return true;
  }
  // A screen may take a key first: what has the focus there may be something else than what is open.
  const isFree = document.dispatchEvent(new CustomEvent("shortcut", { detail: { key }, cancelable: true }));
  return !isFree || press(key);
}

export const press = (key) => click(`[data-key="${CSS.escape(key)}"]`);

function click(selector) {
  const target = document.querySelector(selector);
  if (target?.matches("input, textarea")) target.focus();
  else target?.click();
  return Boolean(target);
}
