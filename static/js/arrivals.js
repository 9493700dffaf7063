// Small things that happen when something arrives on the page, at first or by htmx.

function settle(root) {
  root.querySelector?.("[data-focus]")?.focus({ preventScroll: false });
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  if (mac) root.querySelectorAll?.("[data-mod-key]").forEach((key) => (key.textContent = `⌘${key.dataset.modKey}`));
}

// In a sub-navigation that scrolls sideways on a phone, the place one is at is in sight.
document.querySelectorAll('.subnav [aria-current="page"]').forEach((place) => {
  const bar = place.closest(".subnav");
  bar.scrollLeft = place.offsetLeft - (bar.clientWidth - place.offsetWidth) / 2;
});

document.addEventListener("htmx:load", (event) => settle(event.detail.elt));
settle(document);

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back) return;
  if (history.length > 1) history.back();
  else location.assign("/");
});
