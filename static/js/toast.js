// Toasts: from the page, from HX-Trigger {"toast": {text, level, action: {label, href, method}}}, or called; then with a link, too.

const STAY = 6000; // ms; errors stay until they are closed
const CHANCE = 12000; // of one that offers something, such as to take it back
const place = document.getElementById("toasts");

export function toast({ text, level = "info", action = null, link = null }) {
  const source = document.querySelector(`template[data-toast-template="${CSS.escape(level)}"]`)
    ?? document.querySelector('template[data-toast-template="info"]');
  const node = source.content.firstElementChild.cloneNode(true);
  node.querySelector(".toast-text").textContent = text;
  const button = node.querySelector(".toast-action");
  if (action) {
    button.textContent = action.label;
    button.removeAttribute("hx-post");
    button.setAttribute(`hx-${action.method ?? "post"}`, action.href);
  } else if (link) {
    const way = Object.assign(document.createElement("a"), { className: "btn btn-sm btn-quiet", href: link.href });
    way.textContent = link.label;
    button.replaceWith(way);
  } else {
    button.remove();
  }
  place.append(node);
  window.htmx?.process(node);
  return node;
}

function leave(node) {
  node.classList.add("is-gone");
  setTimeout(() => node.remove(), 150);
}

function stay(node) {
  if (node.dataset.toast === "error") return;
  let timer = setTimeout(() => leave(node), node.querySelector(".toast-action, a") ? CHANCE : STAY);
  const hold = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leave(node), STAY / 2);
  };
  node.addEventListener("pointerenter", hold);
  node.addEventListener("focusin", hold);
  node.addEventListener("pointerleave", go);
  node.addEventListener("focusout", go);
}

// Above an open dialog: the top layer shows the last one that entered it.
function show() {
  if (!place.showPopover) return;
  if (place.matches(":popover-open")) place.hidePopover();
  if (place.children.length) place.showPopover();
}

new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.dataset?.toast);
  added.forEach(stay);
  if (added.length || !place.children.length) show();
}).observe(place, { childList: true });
place.querySelectorAll("[data-toast]").forEach(stay);
if (place.querySelector("[data-toast]")) show();

document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("click", (event) => {
  const gone = event.target.closest("[data-dismiss], .toast-action")?.closest(".toast, .callout");
  if (!gone) return;
  // An act's answer is put into the page only while its button is there.
  const act = event.target.closest(".toast-action");
  if (!act) {
    leave(gone);
    return;
  }
  gone.classList.add("is-gone");
  act.addEventListener("htmx:afterRequest", () => leave(gone), { once: true });
});
