/* Start: words first, then the parts, then the stream, which loads the rest. */
import { listenForAnswers } from "./composer.js";
import { h } from "./dom.js";
import { panel } from "./panel.js";
import { people } from "./people.js";
import { phone } from "./phone.js";
import { choose, listen, on, state, tellOpen } from "./state.js";
import { loadWords, t } from "./words.js";

const WIDE = matchMedia("(min-width: 701px)");
const { body } = document;

await loadWords();
document.getElementById("people").setAttribute("aria-label", t("customers"));
document.getElementById("panel").setAttribute("aria-label", t("behind"));
people(document.getElementById("people"));
phone(document.getElementById("device"));
panel(document.getElementById("panel"));
listenForAnswers();

const veil = h("div", { class: "veil", onclick: () => delete body.dataset.panel });
body.append(veil);
on("panel", () => {
  if (body.dataset.panel) delete body.dataset.panel;
  else body.dataset.panel = "open";
});
on("chosen", () => {
  body.dataset.view = state.customer ? "phone" : "people";
});
addEventListener("keydown", (event) => event.key === "Escape" && delete body.dataset.panel);

/* Somebody's phone is open from the start, but on a phone one chooses first. */
let first = true;
on("loaded", () => {
  if (first && !state.customer && WIDE.matches && state.customers.size)
    choose([...state.customers.values()].sort((a, b) => b.at - a.at)[0].id);
  first = false;
});
addEventListener("visibilitychange", () => tellOpen(!document.hidden));
addEventListener("pagehide", () => tellOpen(false));
listen();
