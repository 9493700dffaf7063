// What others do: only the cards that changed are fetched, or everything where that is less than asking for each.
import { askAbout, askAll, cardOf } from "./page.js";

const MANY = 40;
const { body } = document;

body.addEventListener("live:lead", ({ detail }) => {
  const shown = new Set([...document.querySelectorAll("[data-stage]")].map((section) => section.dataset.stage));
  if (detail.ids.some(({ id }) => id === undefined)) {
    askAll();
    return;
  }
  const leads = detail.ids.filter(({ id, stage }) => cardOf(id) || shown.has(String(stage))).map(({ id }) => id);
  if (leads.length > MANY) askAll();
  else if (leads.length) askAbout(leads);
});
body.addEventListener("live:refresh", () => askAll());

// The funnel itself was changed: its page is taken again.
body.addEventListener("live:funnels", () => {
  window.htmx.ajax("GET", location.href, { target: "#board", select: "#board", swap: "outerHTML" });
});
