// On a phone one column is seen at a time: tabs above say which, and follow when one swipes.
const tabs = () => document.querySelector("[data-column-tabs]");
let watching;

function watch() {
  watching?.disconnect();
  const root = document.querySelector("[data-columns]");
  if (!root || !tabs()) return;
  watching = new IntersectionObserver((entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting).at(-1);
    if (seen) mark(seen.target.dataset.stage);
  }, { root, threshold: 0.6 });
  root.querySelectorAll("[data-stage]").forEach((section) => watching.observe(section));
}

function mark(stage) {
  for (const tab of tabs().children) {
    const current = tab.dataset.columnTab === stage;
    if (current) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    if (current) tabs().scrollTo({ left: tab.offsetLeft - (tabs().clientWidth - tab.offsetWidth) / 2, behavior: "smooth" });
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-column-tab]");
  if (!tab) return;
  const section = document.getElementById(`column-${tab.dataset.columnTab}`);
  const root = section.parentElement; // only sideways: scrollIntoView would move the page, too
  root.scrollBy({ left: section.getBoundingClientRect().left - root.getBoundingClientRect().left, behavior: "smooth" });
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (["board", "board-columns"].includes(detail.target?.id)) watch();
});
watch();
