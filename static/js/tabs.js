// Tabs whose panels are all in the page: [data-tabs] with role=tab buttons.

function select(tab) {
  for (const other of tab.closest("[data-tabs]").querySelectorAll('[role="tab"]')) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    panel.hidden = !chosen;
    if (chosen) panel.dispatchEvent(new CustomEvent("tab:open", { bubbles: true }));
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest('[data-tabs] [role="tab"]');
  if (tab) select(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[data-tabs] [role="tab"]');
  if (!tab) return;
  const all = [...tab.closest("[data-tabs]").querySelectorAll('[role="tab"]')];
  const at = all.indexOf(tab);
  const rtl = getComputedStyle(tab).direction === "rtl" ? -1 : 1;
  const steps = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const next = all.at(steps[event.key] % all.length);
  next.focus();
  select(next);
});
