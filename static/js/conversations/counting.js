// The numbers of the tabs, and in the rail: counted at once when something changed, then once in a while.
import { patience, uneven } from "../live-gathering.js";

const EVERY = 4_000; // ms between two counts, more or less
let [counting, counted] = [null, -Infinity];

// A change that comes too soon after a count is counted when its time has come: the last one always is.
function count() {
  counting ??= setTimeout(() => {
    note();
    document.body.dispatchEvent(new CustomEvent("talks:count"));
  }, Math.max(0, counted + Math.max(EVERY, patience()) * uneven() - performance.now()));
}

function note() {
  clearTimeout(counting);
  [counting, counted] = [null, performance.now()];
}
for (const change of ["live:lead", "live:reading", "talks:acted"]) document.body.addEventListener(change, () => document.querySelector("[data-talks]") && count());
document.body.addEventListener("live:refresh", note); // the tabs are counted with all the rest

// What waits for me, in the rail and in the phone's bar, as it was counted with the tabs.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const drawn = detail.target.id === "talks-tabs" && detail.target.querySelector("template[data-waiting]");
  if (!drawn) return;
  for (const link of document.querySelectorAll('.rail-place[aria-current="page"]')) {
    link.querySelector(".count")?.remove();
    link.append(drawn.content.cloneNode(true));
  }
});
