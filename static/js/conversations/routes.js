// By which channel one answers, and whether one still may: the composer is drawn again where that changes, and what was
// typed stays.
import { ask, parsed } from "./http.js";

const EVERY = 15_000; // ms between looks at the window
const TYPING = 8_000; // ms between two "somebody writes"
let told = 0;

const box = () => document.querySelector("[data-composer]");

export async function redraw(identity = "") {
  const old = box();
  if (!old) return;
  const drawn = parsed(await ask(`${old.dataset.src}?${new URLSearchParams({ identity })}`)).firstElementChild;
  if (!old.isConnected) return;
  const text = old.querySelector("[data-composer-text]");
  const focused = old.contains(document.activeElement);
  old.replaceWith(drawn);
  window.htmx.process(drawn);
  const field = drawn.querySelector("[data-composer-text]");
  if (field && text) field.value = text.value;
  if (focused) field?.focus();
}

// A window that closes, or opens since they wrote. Never while files wait, and never while a template is filled in.
function look() {
  const composer = box();
  if (!composer || composer.querySelector("[data-file], [data-template-form]")) return;
  const identity = composer.querySelector('[name="identity"]')?.value ?? "";
  const ring = composer.querySelector(".composer-route [data-window-ends]");
  if (composer.dataset.mode === "open" && ring && new Date(ring.dataset.windowEnds) <= new Date()) redraw(identity);
}

setInterval(look, EVERY);
document.body.addEventListener("thread:theirs", () => {
  const composer = box();
  if (composer?.dataset.mode !== "open") return redraw();
  const ring = composer.querySelector(".composer-route .window-ring");
  return ring && !composer.querySelector("[data-file]") ? refreshRing(composer) : null;
});

async function refreshRing(composer) {
  const identity = composer.querySelector('[name="identity"]').value;
  const drawn = parsed(await ask(`${composer.dataset.src}?${new URLSearchParams({ identity })}`));
  const route = drawn.querySelector(".composer-route");
  if (route && composer.isConnected) composer.querySelector(".composer-route").replaceWith(route);
}

document.body.addEventListener("composer:again", () => redraw(box()?.querySelector('[name="identity"]')?.value ?? ""));

document.addEventListener("click", (event) => {
  const route = event.target.closest("[data-route]");
  if (route) redraw(route.dataset.route);
});
document.addEventListener("input", (event) => {
  const href = event.target.matches?.("[data-composer-text]") && event.target.value && box()?.dataset.typing;
  if (!href || Date.now() - told < TYPING) return;
  told = Date.now();
  ask(href, { method: "POST" }).catch(() => {});
});
