// Small things that happen when something arrives on the page, at first or by htmx.

function settle(root) {
  root.querySelector?.("[data-focus]")?.focus({ preventScroll: false });
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  if (mac) root.querySelectorAll?.("[data-mod-key]").forEach((key) => (key.textContent = `⌘${key.dataset.modKey}`));
}

document.addEventListener("htmx:load", (event) => settle(event.detail.elt));
settle(document);

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back) return;
  if (history.length > 1) history.back();
  else location.assign("/");
});
