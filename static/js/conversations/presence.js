// Who else is here: this page says every ten seconds that it is, and what is done; the answer says who else. What changes
// in between is signalled to the few who are here. Whoever hides or leaves the page is gone at once.
import { ask, parsed } from "./http.js";

const BEAT = 10_000; // ms between beats, and a fifth more at random
const IDLE = 6_000; // ms after the last letter that somebody still counts as writing
const SOON = 1_500; // ms between two beats at least, however often it is begun and stopped
let at = null; // the address of where this page is present
let doing = "";
let told = { doing: "", when: 0 };
let [beating, resting, looking] = [];

const slot = () => document.querySelector("[data-presence]");
const isAway = () => document.hidden || document.querySelector('[data-desk][data-at="list"]'); // on a phone, back at the list

function come() {
  const src = slot()?.dataset.src ?? null;
  if (src !== at) go();
  at = src;
  if (at && !isAway()) next(Math.random() * 500);
}

function go() {
  clearTimeout(beating);
  clearTimeout(looking);
  if (at && told.when) ask(at, { method: "DELETE", keepalive: true }).catch(() => {});
  [at, doing, told] = [null, "", { doing: "", when: 0 }];
}

function next(wait) {
  clearTimeout(beating);
  beating = setTimeout(beat, wait);
}

async function beat() {
  if (!at) return;
  if (isAway()) return go();
  told = { doing, when: Date.now() };
  next(BEAT * (1 + Math.random() / 5));
  await show({ method: "POST", fields: { doing } });
}

async function show(how) {
  const where = at;
  try {
    const html = await ask(where, how);
    if (where === at) draw(parsed(html));
  } catch (error) {
    if (error.status === 404) go(); // no longer theirs to see; whatever else failed is tried again
  }
}

function draw(content) {
  const place = slot();
  if (!place) return;
  place.replaceChildren(...content.children);
  const echo = document.querySelector("[data-beside-words]");
  if (echo) echo.textContent = [...place.querySelectorAll(".is-writing .beside-words")].map((one) => one.textContent).join(" ");
  const stays = [...place.children].map((one) => Number(one.dataset.stays));
  clearTimeout(looking); // whoever seems gone by then is asked about, and not only forgotten
  if (stays.length) looking = setTimeout(() => at && show({}), Math.min(...stays) + 250);
}

function does(what) {
  clearTimeout(resting);
  if (what) resting = setTimeout(() => does(""), IDLE);
  if (what === doing) return;
  doing = what;
  if (at) next(Math.max(0, told.when + SOON - Date.now()));
}

document.addEventListener("input", ({ target }) => {
  const what = target.matches?.("[data-composer-text]") ? "writing" : target.matches?.("[data-note-text]") ? "noting" : null;
  if (what) does(target.value.trim() ? what : "");
});
for (const done of ["answer:sent", "note:saved"]) document.addEventListener(done, () => does(""));
document.body.addEventListener("live:presence", ({ detail }) => {
  const pk = document.querySelector("[data-conversation]")?.dataset.conversation;
  if (at && detail.ids.some(({ id }) => String(id) === pk)) show({});
});
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "conversation" && come());
document.addEventListener("visibilitychange", () => (document.hidden ? go() : come()));
document.addEventListener("click", ({ target }) => target.closest("[data-desk-to]") && setTimeout(() => (isAway() ? go() : at || come())));
addEventListener("pagehide", go);
addEventListener("pageshow", ({ persisted }) => persisted && come());
come();
