// A list that is fetched again when leads change, while one looks at its beginning: further down nothing moves under
// one's eyes. [data-at-top="#list"] asks by itself (hx-trigger="at-top"), at most every four seconds.
const PAUSE = 4000;
const TOP = 40; // px

let waits = null;

document.body.addEventListener("live:lead", () => {
  waits ??= setTimeout(() => {
    waits = null;
    for (const node of document.querySelectorAll("[data-at-top]")) {
      const list = document.querySelector(node.dataset.atTop);
      if (list && list.scrollTop < TOP) window.htmx.trigger(node, "at-top");
    }
  }, PAUSE);
});
