// Requests by htmx and by plain forms: a progress line, no double sending, and words when one fails.
import { toast } from "./toast.js";

const SLOW = 250; // ms before the progress line shows
const bar = document.getElementById("page-progress");
let running = 0;
let timer;

function progress(step) {
  running = Math.max(0, running + step);
  clearTimeout(timer);
  if (running) timer = setTimeout(() => (bar.hidden = false), SLOW);
  else bar.hidden = true;
}

document.addEventListener("htmx:beforeSend", () => progress(1));
document.addEventListener("htmx:afterRequest", () => progress(-1));

// Words of a failure: the response's own toast, else those on <body> for its status.
function words(status) {
  const known = document.body.dataset;
  return known[`error-${status}`] ?? known[`error${status}`] ?? (status >= 500 ? known.error500 : known.error404);
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (/"toast"/.test(xhr.getResponseHeader("HX-Trigger") ?? "")) return;
  toast({ level: "error", text: words(xhr.status) });
});
document.addEventListener("htmx:sendError", () => toast({ level: "error", text: document.body.dataset.errorOffline }));
document.addEventListener("htmx:timeout", () => toast({ level: "error", text: document.body.dataset.errorTimeout }));

// A second click or submit while the first is under way is dropped, before htmx queues it.
const WRITES = "[hx-post], [hx-put], [hx-patch], [hx-delete]";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".is-sending, .htmx-request")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.target || form.matches(WRITES)) return;
  form.classList.add("is-sending");
  form.setAttribute("aria-busy", "true");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(`button:is(${WRITES}), a:is(${WRITES})`);
  if (button?.classList.contains("htmx-request")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// Back from the browser's own cache: nothing is under way any more.
addEventListener("pageshow", () => {
  document.querySelectorAll("form.is-sending").forEach((form) => {
    form.classList.remove("is-sending");
    form.removeAttribute("aria-busy");
  });
});
