// By which channel one answers, and whether one still may: the composer is drawn again where that changes, and what was
// typed stays.
import { ask, parsed } from "./http.js";

const EVERY = 15_000; // ms between looks at the window
const TYPING = 8_000; // ms between two "somebody writes"
let told = 0;

const box = () => document.querySelector("[data-composer]");

const chosen = () => `identity=${box()?.querySelector('[name="identity"]')?.value ?? ""}`;

export async function redraw(query = "") {
  const old = box();
  if (!old) return;
  const drawn = parsed(await ask(`${old.dataset.src}?${query}`)).firstElementChild;
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
  const ring = composer.querySelector(".composer-route [data-window-ends]");
  if (composer.dataset.mode === "open" && ring && new Date(ring.dataset.windowEnds) <= new Date()) redraw(chosen());
}

setInterval(look, EVERY);
document.body.addEventListener("thread:theirs", () => {
  const composer = box();
  if (composer?.dataset.mode !== "open") return redraw();
  const ring = composer.querySelector(".composer-route .window-ring");
  return ring && !composer.querySelector("[data-file]") ? refreshRing(composer) : null;
});

async function refreshRing(composer) {
  const drawn = parsed(await ask(`${composer.dataset.src}?${chosen()}`));
  const route = drawn.querySelector(".composer-route");
  if (route && composer.isConnected) composer.querySelector(".composer-route").replaceWith(route);
}

document.body.addEventListener("composer:again", () => redraw(chosen()));
document.addEventListener("answer:sent", () => box()?.dataset.mode === "first" && redraw()); // it has begun

document.addEventListener("click", (event) => {
  const route = event.target.closest("[data-route]");
  if (route) redraw(route.dataset.route);
});
document.addEventListener("change", async ({ target }) => {
  if (!target.matches?.("[data-begin]")) return;
  const fields = [...box().querySelectorAll("[data-begin]")].map(({ name, value }) => [name, value]);
  await redraw(new URLSearchParams([["begin", "1"], ...fields]));
  box()?.querySelector(`[data-begin][name="${target.name}"]`)?.focus();
});
document.addEventListener("input", (event) => {
  const href = event.target.matches?.("[data-composer-text]") && event.target.value && box()?.dataset.typing;
  if (!href || Date.now() - told < TYPING) return;
  told = Date.now();
  ask(href, { method: "POST" }).catch(() => {});
});
